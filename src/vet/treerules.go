package vet

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"path"
	"slices"
	"strings"
)

// treeRules are about files and folders, their names and rights.
var treeRules = []Rule{
	{"check_that_splunk_app_package_does_not_contain_files_outside_of_app", "Splunk unpacks a package into etc/apps", func(a *App, f *finder) {
		for _, name := range a.strays {
			f.fail(file(name), "the package has something beside the app's folder \""+a.Folder+"\"", "a package has one folder, the app's")
		}
	}},
	{"check_that_splunk_app_package_extracts_to_visible_directory", "Splunk does not load hidden folders", func(a *App, f *finder) {
		if a.Packed && (a.Folder == "" || strings.HasPrefix(a.Folder, ".")) {
			f.fail(file(a.Name), "the package has no visible folder", "")
		}
	}},
	{"check_that_extracted_splunk_app_does_not_contain_prohibited_directories_or_files", "hidden files come from editors and version control", func(a *App, f *finder) {
		for _, name := range a.names() {
			if base := path.Base(name); strings.HasPrefix(base, ".") || base == "__MACOSX" {
				f.fail(file(name), "the app has a hidden file or folder", "leave it out of the package")
			}
		}
	}},
	{"check_filenames_for_spaces", "scripts and searches break on such names", func(a *App, f *finder) {
		for _, name := range a.names() {
			if strings.Contains(path.Base(name), " ") {
				f.fail(file(name), "the name has a blank", "rename it")
			}
		}
	}},
	{"check_that_local_does_not_exist", "local/ belongs to who installs the app", func(a *App, f *finder) {
		for _, name := range a.names() {
			if strings.HasPrefix(name, "local/") {
				f.fail(file(name), "the app has a folder local", "what ships is in default")
				return
			}
		}
	}},
	{"check_for_local_meta", "local.meta belongs to who installs the app", func(a *App, f *finder) {
		if a.files["metadata/local.meta"] != nil {
			f.fail(file("metadata/local.meta"), "the app has a local.meta", "what ships is in default.meta")
		}
	}},
	{"check_that_extracted_splunk_app_does_not_contain_files_with_invalid_permissions", "the owner must be able to read and write", func(a *App, f *finder) {
		a.rights(f, false, 0o600)
	}},
	{"check_that_extracted_splunk_app_does_not_contain_invalid_directories", "the owner must be able to enter", func(a *App, f *finder) {
		a.rights(f, true, 0o700)
	}},
	{"check_symlink_outside_app", "a link must not lead out of the app", func(a *App, f *finder) {
		for _, name := range a.names() {
			if to := a.files[name].link; to != "" && (path.IsAbs(to) || strings.HasPrefix(path.Join(path.Dir(name), to), "..")) {
				f.fail(file(name), "the link leads to \""+to+"\", out of the app", "put a copy there")
			}
		}
	}},
	{"check_lookups_allow_list", "lookups/ is for tables", func(a *App, f *finder) {
		a.allow(f, "lookups/", ".csv", ".csv.default", ".csv.gz", ".csv.tgz", ".kmz", ".mmdb")
	}},
	{"check_metadata_allow_list", "metadata/ is for .meta files", func(a *App, f *finder) {
		a.allow(f, "metadata/", ".meta")
	}},
	{"check_default_data_ui_file_allow_list", "data/ui is for views, menus and panels", func(a *App, f *finder) {
		a.allow(f, "default/data/ui/", ".xml", ".html", ".json")
	}},
	{"check_that_all_xml_files_are_well_formed", "Splunk cannot show a view that it cannot read", func(a *App, f *finder) {
		for _, name := range a.names() {
			if strings.HasSuffix(name, ".xml") {
				if err := wellFormed(a.data(name)); err != nil {
					f.fail(file(name), "cannot read the XML: "+err.Error(), "")
				}
			}
		}
	}},
	{"check_simplexml_standards_version", "dashboards of version 1.0 load an old jQuery", func(a *App, f *finder) {
		for _, name := range a.names() {
			if data := a.data(name); strings.HasPrefix(name, "default/data/ui/views/") && isDashboard(data) && !bytes.Contains(data, []byte(`version="1.1"`)) && !bytes.Contains(data, []byte(`version="2"`)) {
				f.fail(file(name), "the dashboard does not say version=\"1.1\"", "write it into its first element")
			}
		}
	}},
	{"check_validate_json_data_is_well_formed", "Splunk cannot load JSON that it cannot read", func(a *App, f *finder) {
		for _, name := range a.names() {
			if (name == "app.manifest" || strings.HasSuffix(name, ".json")) && len(a.data(name)) > 0 && !json.Valid(a.data(name)) {
				f.fail(file(name), "it is no JSON", "")
			}
		}
	}},
	{"check_static_directory_file_allow_list", "static/ is for icons; Splunk shows them in four sizes", func(a *App, f *finder) {
		for name, want := range map[string]int{"appIcon.png": 36, "appIcon_2x.png": 72, "appIconAlt.png": 36, "appIconAlt_2x.png": 72} {
			data := a.data("static/" + name)
			if data == nil {
				continue
			}
			if c, err := png.DecodeConfig(bytes.NewReader(data)); err != nil || c.Width != want || c.Height != want {
				f.warn(file("static/"+name), "the icon is no PNG of the size that Splunk shows", "it has "+name+" as a square of 36 pixels, and of 72 for _2x")
			}
		}
	}},
}

// rights finds entries of a package whose owner may not do what is needed.
func (a *App) rights(f *finder, folders bool, need int) {
	for _, name := range a.names() {
		e := a.files[name]
		if a.Packed && e.link == "" && strings.HasSuffix(name, "/") == folders && int(e.mode.Perm())&need != need {
			f.fail(file(name), "its owner may not use it: its mode is "+e.mode.Perm().String(), "files are 0644, folders and programs 0755")
		}
	}
}

// allow finds files below a folder with another ending.
func (a *App) allow(f *finder, folder string, endings ...string) {
	for _, name := range a.names() {
		low := strings.ToLower(name)
		if strings.HasPrefix(name, folder) && !strings.HasSuffix(name, "/") && !slices.ContainsFunc(endings, func(e string) bool { return strings.HasSuffix(low, e) }) {
			f.fail(file(name), "such a file is not allowed in "+folder, "allowed are "+strings.Join(endings, ", "))
		}
	}
}

// wellFormed reads XML to its end.
func wellFormed(data []byte) error {
	d := xml.NewDecoder(bytes.NewReader(data))
	some := false
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			if !some {
				return errors.New("it has no element")
			}
			return nil
		}
		if err != nil {
			return err
		}
		if _, ok := t.(xml.StartElement); ok {
			some = true
		}
	}
}

// isDashboard tells whether XML is a dashboard or a form.
func isDashboard(data []byte) bool {
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		t, err := d.Token()
		if err != nil {
			return false
		}
		if e, ok := t.(xml.StartElement); ok {
			return e.Name.Local == "dashboard" || e.Name.Local == "form"
		}
	}
}
