package vet

import (
	"regexp"
	"strings"
)

var (
	packageID = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.-]*$`)
	semver    = regexp.MustCompile(`^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`)
	// reservedLabel is how only Splunk's own apps may be called.
	reservedLabel = regexp.MustCompile(`(?i)^splunk\s+(add-?on|app|ta)\s+for\b`)
	windowsName   = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])$`)
)

// appRules are about who the app is: app.conf, README, default.meta.
var appRules = []Rule{
	{"check_that_extracted_splunk_app_contains_default_app_conf_file", "without it Splunk does not know the app", func(a *App, f *finder) {
		if a.data("default/app.conf") == nil {
			f.fail(file("default/app.conf"), "there is no default/app.conf", "")
		}
	}},
	{"check_for_valid_package_id", "the id is the app's folder", func(a *App, f *finder) {
		id, at := a.setting("app.conf", "package", "id")
		switch {
		case id == "":
			f.fail(at, "app.conf has no id in [package]", "it is the name of the app's folder")
		case !packageID.MatchString(id) || windowsName.MatchString(id):
			f.fail(at, "the id \""+id+"\" cannot be an app's", "letters, digits, - and _, a letter first, no name that Windows keeps for a device")
		case id != a.Folder:
			f.fail(at, "the id \""+id+"\" is not the name of the app's folder, \""+a.Folder+"\"", "")
		}
	}},
	{"check_that_app_name_config_is_valid", "an app's folder begins with a letter", func(a *App, f *finder) {
		if a.Folder != "" && a.Folder[0] >= '0' && a.Folder[0] <= '9' {
			f.fail(file(a.Folder), "the app's folder begins with a digit", "")
		}
	}},
	{"check_version_is_valid_semver", "Splunk compares versions to tell an update", func(a *App, f *finder) {
		for _, stanza := range []string{"launcher", "id"} {
			if v, at := a.setting("app.conf", stanza, "version"); v == "" && stanza == "launcher" || v != "" && !semver.MatchString(v) {
				f.fail(at, "the version \""+v+"\" in ["+stanza+"] is not major.minor.revision", "write it like 1.2.0")
			}
		}
	}},
	{"check_for_valid_ui_label", "the label is what people see", func(a *App, f *finder) {
		label, at := a.setting("app.conf", "ui", "label")
		if n := len([]rune(label)); n < 5 || n > 80 {
			f.fail(at, "the label \""+label+"\" is not between 5 and 80 characters long", "")
		}
	}},
	{"check_for_invalid_app_names", "only Splunk's own apps may be called so", func(a *App, f *finder) {
		label, at := a.setting("app.conf", "ui", "label")
		author, _ := a.setting("app.conf", "launcher", "author")
		if reservedLabel.MatchString(label) && !strings.EqualFold(author, "splunk") {
			f.fail(at, "the label \""+label+"\" is how Splunk calls its own", "\"... for Splunk\" is allowed")
		}
	}},
	{"check_that_setup_has_not_been_performed", "who installs the app sets it up", func(a *App, f *finder) {
		if v, at := a.setting("app.conf", "install", "is_configured"); truth(v) {
			f.fail(at, "the app says that it is set up already", "is_configured = false")
		}
	}},
	{"check_no_install_source_checksum", "Splunk writes it when it installs", func(a *App, f *finder) {
		if v, at := a.setting("app.conf", "install", "install_source_checksum"); v != "" {
			f.fail(at, "app.conf has an install_source_checksum", "take it away")
		}
	}},
	{"check_for_updates_disabled", "an app that is not on Splunkbase has no updates there", func(a *App, f *finder) {
		if v, at := a.setting("app.conf", "package", "check_for_updates"); v == "" || truth(v) {
			f.warn(at, "the app asks Splunkbase for updates", "check_for_updates = false unless it is there")
		}
	}},
	{"check_basic_readme", "who installs the app reads it", func(a *App, f *finder) {
		readme := strings.ToLower(string(a.readme()))
		if readme == "" {
			f.fail(file("README.md"), "there is no README in the app's folder", "")
			return
		}
		for _, word := range []string{"require", "install", "configur", "troubleshoot"} {
			if !strings.Contains(readme, word) {
				f.warn(file("README.md"), "the README does not speak of \""+word+"...\"", "say what is required, how to install, to configure, to find faults")
			}
		}
	}},
	{"check_kos_are_accessible", "administrators of Splunk Cloud are sc_admin", func(a *App, f *finder) {
		meta := string(a.data("metadata/default.meta"))
		if regexp.MustCompile(`write\s*:\s*\[[^\]]*\badmin\b`).MatchString(meta) && !strings.Contains(meta, "sc_admin") {
			f.warn(file("metadata/default.meta"), "admin may write, and sc_admin may not", "write : [ admin, sc_admin ]")
		}
	}},
}
