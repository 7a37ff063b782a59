package index_test

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"riskreplay/src/event"
	"riskreplay/src/index"
	"riskreplay/src/winevent"
)

// The rules of cim-endpoint.md, sections 2, 5 and 6, once more and by hand: an
// event as a map, and what each dataset has of it. They share nothing with the
// configuration but the scanner.

type fields map[string]string

func eventFields(raw []byte) fields {
	f := fields{}
	winevent.Each(raw, func(name, value []byte) {
		if _, ok := f[string(name)]; !ok && len(value) > 0 {
			f[string(name)] = string(value)
		}
	})
	return f
}

func (f fields) is(codes ...string) bool { return slices.Contains(codes, f["EventCode"]) }

func segments(path string) []string { return strings.Split(path, `\`) }

func last(path string) string { return path[strings.LastIndexByte(path, '\\')+1:] }

// set gives a field a value unless it is empty.
func (f fields) set(pairs ...string) {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			f[pairs[i]] = pairs[i+1]
		}
	}
}

func (f fields) fill(names ...string) {
	for _, n := range names {
		if f[n] == "" {
			f[n] = "unknown"
		}
	}
}

var (
	firstWord = regexp.MustCompile(`^\s*(\S+)[^\n]*`)
	inParens  = regexp.MustCompile(`^\w+\s\((.+)\)$`)
	command   = regexp.MustCompile(`(?s)^\s*("[^"]+"|\S+)\s*(.*)`)
)

// named is a process name with the model's fallback.
func (f fields) named(name, line string) {
	if f[name] == "" && f[line] != "" {
		f[name] = firstWord.ReplaceAllString(f[line], "$1")
	}
	f.fill(name)
}

func (f fields) base(vendor string) fields {
	out := fields{}
	out.set("dest", f["Computer"], "vendor_product", vendor, "user_id", strings.Trim(f["UserID"], `'"`))
	return out
}

func literalProcesses(source string, f fields) fields {
	var out fields
	switch {
	case source == sources[".sysmon.log"] && f.is("1", "5", "7"):
		out = f.base("Microsoft Sysmon")
		out.set("os", "Microsoft Windows")
		if f["User"] != "" {
			out.set("user", last(f["User"]))
		}
		out.set("process_path", f["Image"], "process_name", last(f["Image"]), "process_exec", last(f["Image"]), "process_guid", f["ProcessGuid"], "process_id", f["ProcessId"])
		if f.is("1") {
			out.set("process", f["CommandLine"], "process_current_directory", f["CurrentDirectory"], "process_hash", f["Hashes"], "process_integrity_level", strings.ToLower(f["IntegrityLevel"]),
				"parent_process", f["ParentCommandLine"], "parent_process_path", f["ParentImage"], "parent_process_name", last(f["ParentImage"]), "parent_process_exec", last(f["ParentImage"]),
				"parent_process_guid", f["ParentProcessGuid"], "parent_process_id", f["ParentProcessId"], "action", "allowed")
			if f["OriginalFileName"] != "-" {
				out.set("original_file_name", f["OriginalFileName"])
			}
		}
		if f.is("7") {
			out.set("action", "success", "process_hash", f["Hashes"])
		}
	case source == sources[".security.log"] && f.is("4688", "4689", "4696", "4673", "4674"):
		out = f.base("Microsoft Windows")
		path, id := f["ProcessName"], f["ProcessId"]
		if f.is("4688") {
			path, id = f["NewProcessName"], f["NewProcessId"]
			out.set("parent_process", f["ParentProcessName"], "parent_process_path", f["ParentProcessName"], "parent_process_name", last(f["ParentProcessName"]), "parent_process_exec", last(f["ParentProcessName"]), "process", literalCommand(f))
		} else {
			out.set("process", path)
		}
		if f.is("4688", "4696") {
			out.set("parent_process_id", f["ProcessId"])
		}
		out.set("process_path", path, "process_id", id, "user", f["TargetUserName"])
		granted, refused := "allowed", "blocked"
		if f.is("4673", "4674") { // a use of a privilege is of nobody, and its process has a path
			out.set("process_name", path)
			granted, refused = "success", "failure"
		} else {
			out.set("process_name", last(path))
			if out["user"] == "" || out["user"] == "-" {
				delete(out, "user")
				out.set("user", f["SubjectUserName"])
			}
		}
		if f.is("4688") {
			out.set("process_exec", last(path))
		}
		out.set("action", map[string]string{"0x8020000000000000": granted, "0x8010000000000000": refused}[f["Keywords"]])
	default:
		return nil
	}
	out.named("process_name", "process")
	out.named("parent_process_name", "parent_process")
	out.fill("dest", "user", "process", "parent_process", "original_file_name")
	out["tag"] = "process\nreport"
	return out
}

func literalCommand(f fields) string {
	path := f["NewProcessName"]
	m := command.FindStringSubmatch(f["CommandLine"])
	if m == nil {
		return path
	}
	if strings.Contains(m[1], `\`) {
		return f["CommandLine"]
	}
	if path == "" || m[2] == "" {
		return path
	}
	if strings.ContainsAny(path, " \t\r\n\f\v") {
		path = `"` + path + `"`
	}
	return path + " " + m[2]
}

func literalRegistry(source string, f fields) fields {
	var out fields
	switch {
	case source == sources[".sysmon.log"] && f.is("12", "13", "14"):
		out = f.base("Microsoft Sysmon")
		delete(out, "user_id")
		if f["User"] != "" {
			out.set("user", last(f["User"]))
		}
		path := f["TargetObject"]
		out.set("registry_path", path, "process_guid", f["ProcessGuid"], "process_id", f["ProcessId"])
		low := strings.ToLower(path)
		for _, hive := range [][2]string{{`hklm\system\`, `HKEY_LOCAL_MACHINE\System`}, {`hku\`, "HKEY_CURRENT_USER"}, {`hklm\software\`, `HKEY_LOCAL_MACHINE\Software`}} {
			if strings.HasPrefix(low, hive[0]) {
				out["registry_hive"] = hive[1]
			}
		}
		switch f["EventCode"] {
		case "12":
			out.set("registry_key_name", last(path), "status", "success", "action", map[string]string{"CreateKey": "created", "DeleteKey": "deleted", "DeleteValue": "deleted"}[f["EventType"]])
		case "13":
			if s := segments(path); len(s) > 1 {
				out.set("registry_key_name", s[len(s)-2])
			}
			out.set("registry_value_name", last(path), "status", "success", "action", "modified", "registry_value_data", inParens.ReplaceAllString(f["Details"], "$1"), "registry_value_type", literalType(f["Details"]))
		case "14":
			out.set("registry_key_name", last(path), "action", "modified")
			if f["EventType"] == "RenameValue" {
				out.set("registry_value_name", last(path))
			}
			if f["Keywords"] == "0x8000000000000000" {
				out["status"] = "success"
			}
		}
	case source == sources[".security.log"] && (f.is("4657") || f.is("4670") && f["ObjectType"] == "Registry"):
		out = f.base("Microsoft Windows")
		delete(out, "user_id")
		out.set("registry_path", f["ObjectName"], "registry_value_name", f["ObjectValueName"], "registry_value_type", f["NewValueType"], "user", f["SubjectUserName"], "process_id", f["ProcessId"],
			"action", map[string]string{"%%1904": "created", "%%1905": "modified", "%%1906": "deleted"}[f["OperationType"]],
			"status", map[string]string{"0x8020000000000000": "success", "0x8010000000000000": "failure"}[f["Keywords"]])
	default:
		return nil
	}
	out.fill("action", "dest", "registry_path", "registry_key_name", "registry_value_data", "registry_value_name", "registry_value_type", "user")
	out["tag"] = "endpoint\nregistry"
	return out
}

func literalType(details string) string {
	switch {
	case strings.HasPrefix(details, "DWORD ("):
		return "REG_DWORD"
	case strings.HasPrefix(details, "QWORD ("):
		return "REG_QWORD"
	case details == "Binary Data":
		return "REG_BINARY"
	case details != "":
		return "REG_SZ"
	}
	return ""
}

func literalFiles(source string, f fields) fields {
	if source != sources[".sysmon.log"] || !f.is("2", "11", "23", "26") {
		return nil
	}
	out := f.base("Microsoft Sysmon")
	delete(out, "user_id")
	if f["User"] != "" {
		out.set("user", last(f["User"]))
	}
	out.set("file_path", f["TargetFilename"], "file_name", last(f["TargetFilename"]), "process_guid", f["ProcessGuid"], "process_id", f["ProcessId"])
	switch f["EventCode"] {
	case "2":
		out.set("action", "modified", "file_create_time", f["CreationUtcTime"])
	case "11":
		out.set("action", "modified", "file_create_time", f["CreationUtcTime"])
		if f["UtcTime"] == f["CreationUtcTime"] {
			out["action"] = "created"
		}
	default:
		out.set("action", "deleted", "file_hash", f["Hashes"])
	}
	out.fill("action", "dest", "file_hash", "file_name", "file_path", "file_acl", "user")
	out["tag"] = "endpoint\nfilesystem"
	return out
}

func TestRealLogsByLiteralRules(t *testing.T) {
	base := newBase(t)
	x := index.New(index.Options{Events: 3000})
	var evs []event.Event
	for _, file := range needRealLogs(t) {
		evs = append(evs, readLog(t, file)...)
	}
	_, err := x.Append(context.Background(), evs)
	require.NoError(t, err)
	for dataset, rules := range map[string]func(string, fields) fields{"Processes": literalProcesses, "Registry": literalRegistry, "Filesystem": literalFiles} {
		b := scan(t, x, base, index.Query{Model: "Endpoint", Dataset: dataset, Fields: []string{dataset + ".*"}})
		r := 0
		for _, e := range evs {
			want := rules(e.Source, eventFields(e.Raw))
			if want == nil {
				continue
			}
			got := fields{}
			for i, name := range b.Names {
				if !b.Columns[i].IsNull(r) {
					got[strings.TrimPrefix(name, dataset+".")] = b.Columns[i].Text(r)
				}
			}
			require.True(t, maps.Equal(want, got), "%s\nwant %v\ngot  %v", e.Raw, want, got)
			r++
		}
		require.Equal(t, b.Len, r, dataset)
		require.NotZero(t, r)
	}
}
