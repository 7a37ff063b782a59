// Package ingest turns bytes into events: arguments and attack_data catalogues
// into files, files out of their containers, their text into events with a time,
// a host, a source, a sourcetype and an index.
//
//	in, err := ingest.ParseInput("logs/sysmon.log,host=pc1")
//	datasets, problems := ingest.Resolve(in)
//	for each file: problems = ingest.Read(ctx, file, ingest.Options{Now: now}, emit)
//
// What is wrong in one place never costs the good beside it: Resolve gives the
// files that are right and says what is wrong with the others, Read goes on
// behind what it cannot read. No byte of a text is dropped in silence: what is
// no event of a known form is an event of its own, and that is said.
//
// # Metadata
//
// Sourcetype, source, host, index and format are taken from the argument; else from
// the test of a detection that names the file; else from the attack_data catalogue
// that does; else from each event's content. File.From has for each of them which it
// was. What is declared is compared with the events, and a contradiction (a source
// that names another log, a sourcetype of another kind of event, of another product's JSON) is a warning. The
// URLs in catalogues and detections are looked for on the disk (Input.DataDir, and
// the folders above the YAML up to the top of its repository, or to the folder
// that holds its datasets/); nothing is ever downloaded, and nothing outside of
// these folders is read, through links neither. Lint tells what is wrong with the
// catalogues of a folder.
//
// # What a file is
//
// Nothing is told by a file's name. In this order:
//
//  1. A Git LFS pointer is an error that names the git command to run; an empty
//     file is an error.
//  2. gzip, zstd and bzip2 are unpacked, and the members of zip and tar archives
//     are read one after the other, each as a file of its own; all this one inside
//     the other too. A binary event log (.evtx) becomes Windows event XML, one
//     event a line; what is damaged in it is said, and the rest is read. xz, 7z and
//     rar are errors.
//  3. A byte order mark is cut off; UTF-16, with a mark or seen by the NUL in its
//     first letter, becomes UTF-8.
//  4. A text that begins with a JSON string of XML ("<Event ...) is that string's
//     content; further strings follow it on lines of their own.
//  5. The text has the first format, in the order below, whose signs it shows,
//     unless one is given.
//
// # Archives
//
// A member is called archive.zip!folder/member.log, in origins, in messages and as
// the source of events that have no better one. Its name is made safe: Windows'
// backslashes are slashes, it is relative and holds no "..", what does not print
// is _, a second member of a name gets ~2. Nothing is written under such a name;
// a zip that lies in another container is copied to a temporary file, which is
// removed. Left out are hidden members, YAML and Markdown, as in a folder, and
// with a word links and devices. The limits (Options: MaxUnpacked, MaxRatio,
// MaxEntries, MaxDepth) hold for a file with all that lies in it: a bomb ends with
// an error, soon and in little memory.
//
// # Formats
//
// By the names that format= takes; all but hec are found by content.
//
//   - csv: the first row names the columns. With a column _raw it is what a Splunk
//     exports: an event is that column's text, with _time, host, source, sourcetype
//     and index from theirs. Otherwise an event is the row as it stands (it may go
//     over lines), and its columns are its indexed fields, unless a sourcetype
//     other than csv is given.
//   - winevent: Windows event XML, an event being what stands from <Event ...> to
//     </Event>, over lines or several in a line; and classic text between them: an
//     event begins at its line "MM/DD/YYYY HH:MM:SS AM" before "LogName=...", or
//     at the LogName line when there is no such line, and ends where the next
//     event begins. Text before <Event in its line (a syslog header, as Sysmon for
//     Linux has it) belongs to the event. Skipped: blanks, XML declarations, the
//     tags of <Events>. An event that is cut off and any other line are events of
//     their own, and reported.
//   - nxlog: Windows events as JSON objects (NXLog's im_msvistalog, OTRF's Security
//     Datasets, Winlogbeat), written anew as Splunk's XmlWinEventLog with single
//     quotes. Not taken unasked when a sourcetype is given that is no Windows one.
//     EventTime without a zone is moved by what the UtcTime, @timestamp or
//     EventReceivedTime beside it, or in events of its host before it, tell about
//     the zone; when nothing does it is taken as UTC, and that is said.
//   - splunk: {"preview":...,"result":{"_raw":...}} on lines, {"results":[...]}, or
//     objects with _raw: what a Splunk's search gives. An event is _raw.
//   - json: one object an event, on a line or over lines; the objects of an array
//     or of {"Records":[...]} one by one. A line that is not JSON is an event of
//     its own, and reported.
//   - hec: one envelope of Splunk's HTTP Event Collector an event, with the keys
//     time, host, source, sourcetype, index, event and fields. An event that is a
//     string is its text, any other is its JSON as it stands. What an envelope
//     lacks is taken from the input's options, then found as in other files.
//   - stash: what searches write (risk events, notables). An event begins at a line
//     "MM/DD/YYYY HH:MM:SS +0000, " or with an epoch time and a comma, and goes on
//     to the next one, or lies between two breakers ==##~~##~~; a ***SPLUNK*** line
//     gives host, source, sourcetype and index of what follows it.
//   - auditd: a record a line; the lines of a serial share the time in audit(...).
//     The separators of ausearch are skipped.
//   - syslog: a line an event; the host is the header's.
//   - lines: one line an event; blank lines are skipped.
//
// Line ends, and nothing else, are cut off at the end of an event; inside of one
// all bytes stay as they were.
//
// # Time, host, source, sourcetype, index
//
//   - Time: TimeCreated's SystemTime with all its digits; the first line of
//     classic text, taken as UTC; in JSON the first of the keys _time, timestamp,
//     @timestamp, time, eventTime, creationTime, createdDateTime, published, ts, timecreated, activityDateTime, unixTime
//     that can be read (ISO text or epoch seconds, ms, us or ns, quoted or not);
//     in other text an ISO, syslog, MM/DD/YYYY or epoch time at the start of the
//     line, or auditd's audit(...). Else the time of the event before it in the
//     file, else Options.Now; that is reported.
//   - Host: as given; else as stands beside the event (a column, a header); else
//     Computer or ComputerName in the event; else localhost.
//   - Sourcetype and source: as given. Sourcetype "XmlWinEventLog:Security" is cut
//     to "XmlWinEventLog", as Splunk's add-on does. Not given: as stands beside the
//     event; else XmlWinEventLog for Windows event XML, sysmon:linux (source
//     Syslog:Linux-Sysmon/Operational) for Sysmon's of Linux, WinEventLog for
//     classic text, crowdstrike:events:sensor (source crowdstrike) for JSON with
//     event_simpleName and aid, _json for other JSON, csv, auditd (source auditd),
//     stash (source: its search_name), syslog, else unknown. The source of a
//     Windows event, when not given and no foreign sourcetype is, is
//     XmlWinEventLog:<Channel> or WinEventLog:<LogName>; otherwise it is the path.
//   - Index: as given; else as stands beside the event; else main.
package ingest
