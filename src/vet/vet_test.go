package vet

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/conf"
)

// good is an app with which no rule finds a fault.
var good = map[string]string{
	"default/app.conf":            "[install]\nis_configured = false\n[launcher]\nversion = 1.2.0\nauthor = me\n[ui]\nlabel = My app\n[package]\nid = TA-x\ncheck_for_updates = false\n[triggers]\nreload.mine = simple\n",
	"default/mine.conf":           "[a]\nb = c\n",
	"default/server.conf":         "[shclustering]\nconf_replication_include.mine = true\n",
	"default/commands.conf":       "[score]\nchunked = true\nfilename = score.py\n",
	"default/inputs.conf":         "[feed://one]\ndisabled = 1\n",
	"default/savedsearches.conf":  "[x]\nsearch = index=main\ndescription = why\nenableSched = 1\ncron_schedule = */5 * * * *\ndispatch.earliest_time = -1h\ndispatch.latest_time = now\n",
	"default/data/ui/views/v.xml": "<dashboard version=\"1.1\"><label>v</label></dashboard>",
	"README/inputs.conf.spec":     "[feed://<name>]\npath = <string>\n",
	"bin/score.py":                "#!/usr/bin/python3\n",
	"bin/feed.sh":                 "#!/bin/sh\n",
	"lookups/a.csv":               "a\n",
	"metadata/default.meta":       "[]\naccess = read : [ * ], write : [ admin, sc_admin ]\n",
	"README.md":                   "Requirements, Install, Configure, Troubleshoot\n",
	"app.manifest":                "{}",
}

type packed struct {
	text string
	mode fs.FileMode
	link string
}

// write makes a package of the good app with some files changed; one whose text is
// "-" is left out. A name that begins with ../ stands beside the app's folder.
func write(t *testing.T, change map[string]packed) string {
	files := map[string]packed{}
	for name, text := range good {
		files[name] = packed{text: text, mode: 0o644}
	}
	for name, p := range change {
		if p.mode == 0 {
			p.mode = 0o644
		}
		files[name] = p
		if p.text == "-" {
			delete(files, name)
		}
	}
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	var b bytes.Buffer
	zipped := gzip.NewWriter(&b)
	w := tar.NewWriter(zipped)
	require.NoError(t, w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: "TA-x/", Mode: 0o755}))
	for _, name := range names {
		p := files[name]
		h := &tar.Header{Typeflag: tar.TypeReg, Name: "TA-x/" + name, Mode: int64(p.mode), Size: int64(len(p.text))}
		if rest, ok := strings.CutPrefix(name, "../"); ok {
			h.Name = rest
		}
		switch {
		case p.link != "":
			h.Typeflag, h.Linkname, h.Size = tar.TypeSymlink, p.link, 0
		case strings.HasSuffix(name, "/"):
			h.Typeflag = tar.TypeDir
		}
		require.NoError(t, w.WriteHeader(h))
		if h.Typeflag == tar.TypeReg {
			_, err := w.Write([]byte(p.text))
			require.NoError(t, err)
		}
	}
	require.NoError(t, w.Close())
	require.NoError(t, zipped.Close())
	path := filepath.Join(t.TempDir(), "x.spl")
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o600))
	return path
}

// found are the checks that do not pass, each with its first message.
func found(t *testing.T, path string) map[string]string {
	a, err := Open(path)
	require.NoError(t, err)
	out := map[string]string{}
	for _, r := range Package(a) {
		if r.Result != Success {
			out[r.Check] = string(r.Result) + ": " + r.Messages[0].Short()
		}
	}
	return out
}

func TestAGoodPackagePasses(t *testing.T) {
	require.Empty(t, found(t, write(t, nil)))
}

func TestRules(t *testing.T) {
	elf := "\x7fELF" + strings.Repeat("\x00", 100)
	app := func(from, to string) map[string]packed {
		return map[string]packed{"default/app.conf": {text: strings.Replace(good["default/app.conf"], from, to, 1)}}
	}
	searches := func(from, to string) map[string]packed {
		return map[string]packed{"default/savedsearches.conf": {text: strings.Replace(good["default/savedsearches.conf"], from, to, 1)}}
	}
	one := func(name, text string) map[string]packed { return map[string]packed{name: {text: text}} }
	tested := map[string]bool{}
	for _, c := range []struct {
		check, says string
		change      map[string]packed
	}{
		{"check_that_splunk_app_package_does_not_contain_files_outside_of_app", "failure: other/a.txt: the package has something beside", one("../other/a.txt", "x")},
		{"check_that_splunk_app_package_does_not_contain_files_outside_of_app", "failure: ../a.txt: the package has something beside", one("../../a.txt", "x")},
		{"check_that_extracted_splunk_app_does_not_contain_prohibited_directories_or_files", "failure: .git/: the app has a hidden file", one(".git/", "")},
		{"check_filenames_for_spaces", "failure: lookups/a b.csv: the name has a blank", one("lookups/a b.csv", "x")},
		{"check_that_local_does_not_exist", "failure: local/app.conf: the app has a folder local", one("local/app.conf", "")},
		{"check_for_local_meta", "failure: metadata/local.meta: the app has a local.meta", one("metadata/local.meta", "")},
		{"check_that_extracted_splunk_app_does_not_contain_files_with_invalid_permissions", "failure: lookups/b.csv: its owner may not use it", map[string]packed{"lookups/b.csv": {text: "x", mode: 0o444}}},
		{"check_that_extracted_splunk_app_does_not_contain_invalid_directories", "failure: appserver/: its owner may not use it", map[string]packed{"appserver/": {mode: 0o600}}},
		{"check_symlink_outside_app", "failure: static/l: the link leads to \"../../x\", out of the app", map[string]packed{"static/l": {link: "../../x"}}},
		{"check_lookups_allow_list", "failure: lookups/a.log: such a file is not allowed in lookups/", one("lookups/a.log", "x")},
		{"check_metadata_allow_list", "failure: metadata/x.txt: such a file is not allowed", one("metadata/x.txt", "x")},
		{"check_default_data_ui_file_allow_list", "failure: default/data/ui/x.py: such a file is not allowed", one("default/data/ui/x.py", "x")},
		{"check_that_all_xml_files_are_well_formed", "failure: default/data/ui/nav/default.xml: cannot read the XML", one("default/data/ui/nav/default.xml", "<nav>")},
		{"check_simplexml_standards_version", "failure: default/data/ui/views/w.xml: the dashboard does not say", one("default/data/ui/views/w.xml", "<form><label>x</label></form>")},
		{"check_validate_json_data_is_well_formed", "failure: app.manifest: it is no JSON", one("app.manifest", "{")},
		{"check_static_directory_file_allow_list", "warning: static/appIcon.png: the icon is no PNG", one("static/appIcon.png", "x")},
		{"check_for_bin_files", "failure: default/x.sh: a file outside of bin may be executed", map[string]packed{"default/x.sh": {text: "x", mode: 0o755}}},
		{"check_for_binary_files_without_source_code", "failure: bin/tool: the README does not declare this program", one("bin/tool", elf)},
		{"check_command_scripts_exist", "failure: default/commands.conf:1:2: there is no program for the search command \"score\"", one("bin/score.py", "-")},
		{"check_ignored_parameters_v2_command", "failure: default/commands.conf:3:13: Splunk ignores streaming", one("default/commands.conf", "[score]\nchunked = true\nstreaming = true\n")},
		{"check_modular_inputs_scripts_exist", "failure: README/inputs.conf.spec: there is no program for the modular input \"feed\"", one("bin/feed.sh", "-")},
		{"check_inputs_conf_spec_stanza_args", "failure: README/inputs.conf.spec: the modular input \"feed\" has no parameter", one("README/inputs.conf.spec", "[feed://<name>]\n* text\n")},
		{"check_that_extracted_splunk_app_contains_default_app_conf_file", "failure: default/app.conf: there is no default/app.conf", one("default/app.conf", "-")},
		{"check_for_valid_package_id", "failure: default/app.conf:9:6: the id \"TA-y\" is not the name of the app's folder", app("TA-x", "TA-y")},
		{"check_for_valid_package_id", "failure: default/app.conf:9:6: the id \"con\" cannot be an app's", app("TA-x", "con")},
		{"check_version_is_valid_semver", "failure: default/app.conf:4:11: the version \"1.2\" in [launcher]", app("1.2.0", "1.2")},
		{"check_for_valid_ui_label", "failure: default/app.conf:7:9: the label \"x\" is not between", app("My app", "x")},
		{"check_for_invalid_app_names", "failure: default/app.conf:7:9: the label \"Splunk Add-on for X\" is how", app("My app", "Splunk Add-on for X")},
		{"check_that_setup_has_not_been_performed", "failure: default/app.conf:2:17: the app says that it is set up already", app("is_configured = false", "is_configured = 1")},
		{"check_no_install_source_checksum", "failure: default/app.conf:2:27: app.conf has an install_source_checksum", app("is_configured = false", "install_source_checksum = x")},
		{"check_for_updates_disabled", "warning: default/app.conf:10:21: the app asks Splunkbase", app("updates = false", "updates = true")},
		{"check_basic_readme", "failure: README.md: there is no README", one("README.md", "-")},
		{"check_kos_are_accessible", "warning: metadata/default.meta: admin may write", one("metadata/default.meta", "[]\naccess = write : [ admin ]\n")},
		{"check_config_file_parsing", "failure: default/mine.conf:2:1: ", one("default/mine.conf", "[a]\nb\n")},
		{"check_config_file_parsing", "failure: default/mine.conf:2:8: a blank after the backslash", one("default/mine.conf", "[a]\nb = c \\ \nd = e\n")},
		{"check_no_default_stanzas", "failure: default/props.conf:1:2: props.conf has a stanza [default]", one("default/props.conf", "[default]\na = b\n")},
		{"check_reload_trigger_for_all_custom_confs", "failure: default/app.conf:11:2: app.conf does not say how mine.conf is reloaded", app("reload.mine", "reload.other")},
		{"check_custom_conf_replication", "warning: default/server.conf: server.conf does not have mine.conf replicated", one("default/server.conf", "-")},
		{"check_inputs_conf_for_network_inputs", "failure: default/inputs.conf:1:2: inputs.conf has a stanza [tcp://9997]", one("default/inputs.conf", "[tcp://9997]\n")},
		{"check_saved_search_specifies_a_search", "warning: default/savedsearches.conf:1:2: the saved search \"x\" has no search", searches("search = index=main\n", "")},
		{"check_for_emails_in_saved_search", "failure: default/savedsearches.conf:2:19: the saved search \"x\" mails", searches("[x]\n", "[x]\naction.email.to = a@b\n")},
		{"check_for_real_time_saved_searches_for_cloud", "failure: default/savedsearches.conf:6:26: the saved search \"x\" is a real-time one", searches("-1h", "rt-1h")},
		{"check_for_gratuitous_cron_scheduling", "warning: default/savedsearches.conf:5:17: the saved search \"x\" runs more", searches("*/5", "*/4")},
		{"check_for_gratuitous_cron_scheduling", "failure: default/savedsearches.conf:5:17: cannot read cron schedule", searches("*/5", "x")},
		{"check_for_empty_saved_search_description", "warning: default/savedsearches.conf:1:2: the saved search \"x\" has no description", searches("description = why\n", "")},
		{"check_for_sched_saved_searches_earliest_time", "warning: default/savedsearches.conf:1:2: the scheduled search \"x\" has no dispatch.earliest_time", searches("dispatch.earliest_time = -1h\n", "")},
		{"check_for_sched_saved_searches_latest_time", "warning: default/savedsearches.conf:1:2: the scheduled search \"x\" has no dispatch.latest_time", searches("dispatch.latest_time = now\n", "")},
		{"check_saved_search_name_length", "is too long", searches("[x]", "["+strings.Repeat("x", 90)+"]\naction.correlationsearch.enabled = 1")},
	} {
		got := found(t, write(t, c.change))
		require.Contains(t, got[c.check], c.says, "%s: %v", c.check, got)
		tested[c.check] = true
	}
	got := found(t, write(t, map[string]packed{"bin/score": {text: armless(t), mode: 0o755}, "README.md": {text: good["README.md"] + "# Binary File Declaration\n"}}))
	require.Equal(t, map[string]string{"check_aarch64_compatibility": "failure: bin/score: the program does not run on arm64"}, got)
	tested["check_aarch64_compatibility"] = true
	for _, r := range Rules() {
		switch r.Check {
		case "check_that_app_name_config_is_valid", "check_that_splunk_app_package_extracts_to_visible_directory": // the folder's name: below
		default:
			require.True(t, tested[r.Check], "%s has no case", r.Check)
		}
		require.NotEmpty(t, r.Why, r.Check)
	}
}

// armless is the header of a program for amd64.
func armless(t *testing.T) string {
	self, err := os.Executable()
	require.NoError(t, err)
	data, err := os.ReadFile(self)
	require.NoError(t, err)
	if !strings.HasPrefix(string(data), "\x7fELF\x02\x01\x01\x00") {
		t.Skip("the rule is about programs of Linux, and this system's are others")
	}
	data[18], data[19] = 62, 0 // EM_X86_64
	return string(data)
}

func TestFolders(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "1app")
	for name, text := range good {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	got := found(t, dir)
	require.Equal(t, map[string]string{
		"check_that_app_name_config_is_valid": "failure: 1app: the app's folder begins with a digit",
		"check_for_valid_package_id":          `failure: default/app.conf:9:6: the id "TA-x" is not the name of the app's folder, "1app"`,
	}, got)
	hidden := &App{Name: "x.spl", Packed: true, Folder: ".x"}
	f := &finder{}
	treeRules[1].run(hidden, f)
	require.Equal(t, "x.spl: the package has no visible folder", f.messages[0].Short())
}

func TestWhatIsNoPackage(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.spl")
	require.NoError(t, os.WriteFile(path, []byte("text"), 0o600))
	_, err := Open(path)
	require.ErrorContains(t, err, "cannot read the package")
	_, err = Open(path + "x")
	require.ErrorContains(t, err, "no such file")
}

func FuzzPackage(f *testing.F) {
	f.Add("default/app.conf", []byte(good["default/app.conf"]))
	f.Add("default/data/ui/views/v.xml", []byte("<form"))
	f.Add("README/inputs.conf.spec", []byte("[a://b]\nc = d\n[a://e]\nc = d\n"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		a := &App{Folder: "x", files: map[string]*entry{name: {mode: 0o644, data: data}}, confs: map[string]*conf.File{}}
		require.Len(t, Package(a), len(Rules()))
	})
}
