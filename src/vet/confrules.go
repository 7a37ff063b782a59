package vet

import (
	"slices"
	"strings"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
)

// confRules are about .conf files.
var confRules = []Rule{
	{"check_config_file_parsing", "Splunk drops what it cannot read", func(a *App, f *finder) {
		for _, name := range a.confFiles() {
			_, problems := conf.Parse("default/"+name, a.data("default/"+name))
			for _, m := range problems {
				m.Severity = diag.Error
				f.messages = append(f.messages, m)
			}
		}
	}},
	{"check_no_default_stanzas", "a [default] stanza holds for all apps", func(a *App, f *finder) {
		for _, name := range a.confFiles() {
			if name == "savedsearches.conf" || !slices.Contains(splunkConfs, strings.TrimSuffix(name, ".conf")) {
				continue
			}
			for _, s := range a.conf(name).Stanzas {
				if s.Name == "default" || s.Name == "general" || s.Name == "global" {
					f.fail(s.Place, name+" has a stanza ["+s.Name+"]", "name the stanzas that it is for")
				}
			}
		}
	}},
	{"check_reload_trigger_for_all_custom_confs", "Splunk reloads a .conf file of an app's own only when told how", func(a *App, f *finder) {
		for _, stem := range a.customConfs() {
			if v, at := a.setting("app.conf", "triggers", "reload."+stem); v == "" {
				f.fail(at, "app.conf does not say how "+stem+".conf is reloaded", "[triggers] reload."+stem+" = simple")
			}
		}
	}},
	{"check_custom_conf_replication", "search head clusters copy a .conf file of an app's own only when told to", func(a *App, f *finder) {
		for _, stem := range a.customConfs() {
			if v, at := a.setting("server.conf", "shclustering", "conf_replication_include."+stem); !truth(v) {
				f.warn(at, "server.conf does not have "+stem+".conf replicated", "[shclustering] conf_replication_include."+stem+" = true")
			}
		}
	}},
	{"check_inputs_conf_for_network_inputs", "an app must not open ports or watch files by itself", func(a *App, f *finder) {
		for _, s := range a.conf("inputs.conf").Stanzas {
			scheme, _, ok := strings.Cut(s.Name, "://")
			if !ok {
				scheme, _, _ = strings.Cut(s.Name, ":")
			}
			if slices.Contains([]string{"tcp", "udp", "splunktcp", "splunktcp-ssl", "tcp-ssl", "fifo", "http", "batch", "SSL"}, scheme) {
				f.fail(s.Place, "inputs.conf has a stanza ["+s.Name+"]", "ship modular inputs alone, disabled")
			}
		}
	}},
}

// splunkConfs are files of Splunk's own; others are an app's.
var splunkConfs = strings.Fields(`alert_actions app audit authentication authorize bookmarks checklist collections commands
	datamodels datatypesbnf default-mode deployment deploymentclient distsearch event_renderers eventdiscoverer eventtypes
	federated fields global-banner health indexes inputs instance limits literals livetail macros messages metric_alerts
	metric_rollups multikv outputs passwords procmon-filters props pubsub restmap rolling_upgrade savedsearches searchbnf
	segmenters server serverclass source-classifier sourcetypes splunk-launch tags telemetry times transactiontypes transforms
	ui-prefs ui-tour user-prefs user-seed viewstates visualizations web web-features wmi workflow_actions workload_policy
	workload_pools workload_rules`)

// customConfs are the names of .conf files that are not Splunk's.
func (a *App) customConfs() (out []string) {
	for _, name := range a.confFiles() {
		if stem := strings.TrimSuffix(name, ".conf"); !slices.Contains(splunkConfs, stem) {
			out = append(out, stem)
		}
	}
	return out
}
