// Package stream makes the rows that the search command protocol is measured
// with: what splunkd would send of process events, byte for byte the same for
// the same options.
//
// A row has 12 fields of the CIM's data model Endpoint.Processes and their 12
// __mv_ columns, about 440 bytes. Most command lines hold quotes and commas, 3 %
// of them line ends, 5 % of the rows text that is not ASCII; tag has several
// values always, process_hash in 30 % of the rows. It serves tests and
// benchmarks only.
package stream

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
)

// Fields are the fields of a row, in order.
var Fields = []string{
	"_time", "dest", "user", "process_name", "process", "process_id", "process_path", "process_hash",
	"parent_process_name", "parent_process", "parent_process_id", "tag",
}

// Rows makes rows, one after the other.
type Rows struct {
	random *rand.Rand
	at     int64
	cells  [][]string // of the row, reused
}

// New begins at the first row; the seed decides all of them.
func New(seed uint64) *Rows {
	return &Rows{random: rand.New(rand.NewPCG(seed, 0x5c0)), at: 1760000000, cells: make([][]string, len(Fields))}
}

var (
	programs = []string{"regsvcs.exe", "powershell.exe", "cmd.exe", "reg.exe", "svchost.exe", "explorer.exe", "wmiprvse.exe", "sc.exe", "python3", "msbuild.exe"}
	folders  = []string{`C:\Windows\System32\`, `C:\Program Files\Vendor\App\`, `C:\Users\Public\Downloads\`, `C:\Windows\Microsoft.NET\Framework64\v4.0.30319\`}
	people   = []string{"alice", "bob", "SYSTEM", "svc_backup", `CORP\j.doe`, "carol"}
	foreign  = []string{"müller", "山田太郎", "søren", "Ольга"}
	tails    = []string{
		` /c "echo one, two, three" > "%TEMP%\out.txt"`, ` -NoProfile -ExecutionPolicy Bypass -Command "Get-Item 'C:\x', 'D:\y' | Out-String"`,
		` add "HKLM\SYSTEM\CurrentControlSet\Services\Updater" /v ImagePath /t REG_EXPAND_SZ /d "C:\ProgramData\u.exe" /f`,
		` /nologo /u "C:\Temp\payload one.dll", "C:\Temp\payload two.dll"`, ` --type=renderer --lang=en-US --session=`,
	}
)

func pick(r *rand.Rand, of []string) string { return of[r.IntN(len(of))] }

// Next makes a row: a cell for each of Fields. The cells are written over by the
// next call.
func (s *Rows) Next() [][]string {
	r := s.random
	s.at += int64(r.IntN(3))
	name, parent := pick(r, programs), pick(r, programs)
	folder := pick(r, folders)
	user := pick(r, people)
	if r.IntN(20) == 0 {
		user = pick(r, foreign)
	}
	tail := pick(r, tails) + strconv.Itoa(r.IntN(100000))
	if r.IntN(100) < 3 {
		tail += "\r\necho \"next line\"\r\n"
	}
	hash := []string{fmt.Sprintf("MD5=%016X%016X", r.Uint64(), r.Uint64())}
	if r.IntN(10) < 3 {
		hash = append(hash, fmt.Sprintf("SHA1=%016X%016X%08X", r.Uint64(), r.Uint64(), r.Uint32()))
	}
	for i, cell := range [][]string{
		{strconv.FormatInt(s.at, 10) + "." + strconv.Itoa(100+r.IntN(900))},
		{"win-host-" + strconv.Itoa(r.IntN(5000)) + ".corp.example"},
		{user},
		{name},
		{`"` + folder + name + `"` + tail},
		{strconv.Itoa(4 * (100 + r.IntN(10000)))},
		{folder + name},
		hash,
		{parent},
		{`"` + pick(r, folders) + parent + `"`},
		{strconv.Itoa(4 * (100 + r.IntN(10000)))},
		{"process", "report"},
	} {
		s.cells[i] = cell
	}
	return s.cells
}

// AppendHeader writes the header line as splunkd does: all fields, then their
// __mv_ columns.
func AppendHeader(b []byte) []byte {
	for i, f := range Fields {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendCell(b, f)
	}
	for _, f := range Fields {
		b = appendCell(append(b, ','), "__mv_"+f)
	}
	return append(b, '\n')
}

// AppendRow writes the next row as splunkd does.
func (s *Rows) AppendRow(b []byte) []byte {
	row := s.Next()
	for i, cell := range row {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendCell(b, strings.Join(cell, "\n"))
	}
	for _, cell := range row {
		b = append(b, ',')
		if len(cell) < 2 {
			continue
		}
		several := make([]string, len(cell))
		for i, v := range cell {
			several[i] = "$" + strings.ReplaceAll(v, "$", "$$") + "$"
		}
		b = appendCell(b, strings.Join(several, ";"))
	}
	return append(b, '\n')
}

// Conversation writes what splunkd would send in a whole search, without waiting
// for replies: getinfo, and the rows in chunks.
func Conversation(w io.Writer, command string, rawArgs []string, rows, chunk int) error {
	out := bufio.NewWriterSize(w, 1<<20)
	if err := Frame(out, Getinfo(command, rawArgs), nil); err != nil {
		return err
	}
	s := New(1)
	var body []byte
	for left := rows; left > 0; left -= chunk {
		body = s.AppendChunk(body[:0], min(chunk, left))
		if err := Frame(out, Execute(left <= chunk), body); err != nil {
			return err
		}
	}
	return out.Flush()
}

// AppendChunk writes a body of n rows.
func (s *Rows) AppendChunk(b []byte, n int) []byte {
	b = AppendHeader(b)
	for range n {
		b = s.AppendRow(b)
	}
	return b
}

// Frame writes a chunk.
func Frame(w io.Writer, metadata string, body []byte) error {
	if _, err := fmt.Fprintf(w, "chunked 1.0,%d,%d\n%s", len(metadata), len(body), metadata); err != nil {
		return err
	}
	_, err := w.Write(body)
	return err
}

// Getinfo is the metadata of the first request. The arguments must not need JSON
// escapes but those of strconv.Quote.
func Getinfo(command string, rawArgs []string) string {
	raw, args := make([]string, len(rawArgs)), make([]string, len(rawArgs))
	for i, a := range rawArgs {
		raw[i] = strconv.Quote(a)
		args[i] = strconv.Quote(strings.ReplaceAll(a, `"`, ""))
	}
	return `{"action":"getinfo","preview":false,"streaming_command_will_restart":false,"searchinfo":{"args":[` + strings.Join(args, ",") +
		`],"raw_args":[` + strings.Join(raw, ",") + `],"dispatch_dir":"/opt/splunk/var/run/splunk/dispatch/1760000000.1","sid":"1760000000.1",` +
		`"app":"search","owner":"admin","username":"admin","session_key":"not-a-key","splunkd_uri":"https://127.0.0.1:8089",` +
		`"splunk_version":"9.4.0","search":"search%20index%3Dmain","command":"` + command + `","maxresultrows":50000,` +
		`"earliest_time":"0","latest_time":"0"}}`
}

// Execute is the metadata of a request with rows.
func Execute(finished bool) string {
	return `{"action":"execute","finished":` + strconv.FormatBool(finished) + `}`
}

func appendCell(b []byte, v string) []byte {
	bare := true
	for i := range len(v) {
		if c := v[i]; !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') {
			bare = false
		}
	}
	if bare {
		return append(b, v...)
	}
	b = append(b, '"')
	b = append(b, strings.ReplaceAll(v, `"`, `""`)...)
	return append(b, '"')
}
