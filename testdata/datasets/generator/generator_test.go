package main

import (
	"encoding/json"
	"encoding/xml"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What the datasets promise to those who replay them, read from the text of
// the logs and not from the tables they were made of.

func TestLogsAreFresh(t *testing.T) {
	require.NoError(t, run("..", true), "a log is stale: run go run ./testdata/datasets/generator")
}

func TestSameBytesEveryTime(t *testing.T) {
	first, second := datasets(), datasets()
	for i, d := range first {
		for j, l := range d.logs() {
			require.Equal(t, string(l.text()), string(second[i].logs()[j].text()), l.name)
		}
	}
}

var (
	eventXML   = regexp.MustCompile(`(?s)<Event .*?</Event>`)
	eventID    = regexp.MustCompile(`<EventID[^>]*>(\d+)<`)
	systemTime = regexp.MustCompile(`SystemTime='([^']*)'`)
	recordID   = regexp.MustCompile(`<EventRecordID>(\d+)<`)
	computer   = regexp.MustCompile(`<Computer>([^<]*)<`)
	stampMS    = regexp.MustCompile(`"timestamp":"(\d+)"`)
	imagePath  = regexp.MustCompile(`(?i)'TargetObject'>[^<]*\\system\\currentcontrolset\\services[^<]*\\imagepath<`)
	fromParent = regexp.MustCompile(`(?i)'Parent(Image|ProcessName)'>[^<]*\\regsvcs\.exe<|"ParentBaseFileName":"regsvcs\.exe"`)
)

// seen is an event as anybody can read it.
type seen struct {
	text, host, kind string
	at               time.Time
}

// data is the value of <Data Name='name'>, empty when there is none.
func (s seen) data(name string) string {
	_, rest, _ := strings.Cut(s.text, "Name='"+name+"'>")
	value, _, _ := strings.Cut(rest, "<")
	return value
}

func read(t *testing.T, l *eventLog) []seen {
	t.Helper()
	var all []seen
	text := string(l.text())
	if l.scramble {
		for line := range strings.Lines(text) {
			ms, err := strconv.ParseInt(stampMS.FindStringSubmatch(line)[1], 10, 64)
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal([]byte(line), &map[string]string{}))
			all = append(all, seen{text: line, at: time.UnixMilli(ms).UTC()})
		}
		return all
	}
	for _, e := range eventXML.FindAllString(text, -1) {
		at, err := time.Parse(time.RFC3339Nano, systemTime.FindStringSubmatch(e)[1])
		require.NoError(t, err)
		require.NoError(t, xml.Unmarshal([]byte(e), &struct{}{}))
		all = append(all, seen{e, computer.FindStringSubmatch(e)[1], eventID.FindStringSubmatch(e)[1], at})
	}
	require.Len(t, all, len(l.records))
	return all
}

// A dataset is replayed so that its last event lies within a second before
// minute 50 of an hour; the hour's edge may then part no two matching events.
func TestMatchesLieTogether(t *testing.T) {
	for _, d := range datasets() {
		var first, last time.Time
		var matches []seen
		for _, l := range d.logs() {
			for _, e := range read(t, l) {
				first, last = earliest(first, e.at), latest(last, e.at)
				found := fromParent.MatchString(e.text)
				if d.folder == "T1574.011" {
					found = e.kind == "13" && imagePath.MatchString(e.text)
				}
				if found {
					matches = append(matches, e)
				}
			}
		}
		require.Less(t, last.Sub(first), 55*time.Minute, d.folder)
		require.NotEmpty(t, matches)
		for _, e := range matches {
			require.Less(t, last.Sub(e.at), 40*time.Minute, e.text)
			edge := e.at.Round(time.Hour)
			require.Greater(t, e.at.Sub(edge).Abs(), 2*time.Minute, e.text)
		}
	}
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

func TestRecordNumbersAscend(t *testing.T) {
	for _, d := range datasets() {
		for _, l := range d.logs() {
			last := map[string]int{}
			for _, e := range read(t, l) {
				if l.scramble {
					continue
				}
				n, err := strconv.Atoi(recordID.FindStringSubmatch(e.text)[1])
				require.NoError(t, err)
				require.Greater(t, n, last[e.host], e.text)
				last[e.host] = n
			}
		}
	}
}

// A GUID is one process from its start to its end, and no two processes of a
// host have one id at one time.
func TestProcessesAreConsistent(t *testing.T) {
	const grace = 20 * time.Millisecond // events are stamped a little late
	for _, d := range datasets() {
		who, start, end, holder := map[string]string{}, map[string]time.Time{}, map[string]time.Time{}, map[string]string{}
		for _, e := range read(t, d.sysmon) {
			guid := e.data("ProcessGuid")
			id := e.host + " " + e.data("ProcessId")
			is := id + " " + e.data("Image")
			if old, known := who[guid]; known {
				require.Equal(t, old, is, e.text)
			}
			who[guid] = is
			if e.kind != "22" { // which is written when the answer came
				require.False(t, !end[guid].IsZero() && e.at.Sub(end[guid]) > grace, e.text)
			}
			require.False(t, e.kind == "1" && !start[guid].IsZero(), e.text)
			switch e.kind {
			case "1":
				require.Empty(t, holder[id], e.text)
				holder[id], start[guid] = guid, e.at
			case "5":
				delete(holder, id)
				end[guid] = e.at
			default:
				require.False(t, start[guid].IsZero() && startedIn(d, guid), e.text)
			}
		}
	}
}

// startedIn reads from the GUID whether the process began while d was recorded.
func startedIn(d *dataset, guid string) bool {
	word := func(from, to int) int64 {
		n, err := strconv.ParseInt(guid[from:to], 16, 64)
		if err != nil {
			panic(err)
		}
		return n
	}
	began := time.Unix(word(15, 19)<<16|word(10, 14), 0)
	return began.After(d.from) && began.Before(d.to)
}

func TestLineEnds(t *testing.T) {
	services, children := datasets()[0], datasets()[1]
	require.False(t, strings.HasSuffix(string(services.security.text()), "\n"))
	require.Contains(t, string(services.system.text()), "</Event><Event ")
	require.True(t, strings.HasSuffix(string(children.security.text()), "</Event>\r\n"))
	require.Contains(t, string(children.sysmon.text()), "Get-Content C:\\Users\\Public\\w.txt\n")
}
