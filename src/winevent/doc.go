// Package winevent scans Windows event XML by hand into fields, as Splunk's
// add-on for Windows extracts them. It decodes nothing and checks nothing, and
// every value is a slice of the event's own bytes.
//
//	<Event xmlns='...'><System><Provider Name='Sysmon'/><EventID Qualifiers='0'>1</EventID>
//	<Level>4</Level><Computer>pc1</Computer></System>
//	<EventData><Data Name='Image'>C:\a&amp;b.exe</Data><Data>unnamed</Data></EventData></Event>
//
// gives, in this order,
//
//	EventCode = 1             Level = 4                Computer = pc1
//	Name      = 'Sysmon'      Qualifiers = '0'         Image = C:\a&amp;b.exe
//
// and, as fields too, the blocks System_Props_Xml and EventData_Xml.
//
// # The rules (cim-endpoint.md section 4)
//
// The add-on cuts blocks out of the event with one regex each and reads fields
// out of the blocks with others. The scanner gives what those regexes give:
//
//   - Blocks: the first System, EventData, UserData, DebugData and RenderingInfo
//     element; the text between its tags is the field System_Props_Xml,
//     EventData_Xml, UserData_Xml, DebugData_Xml, RenderingInfo_Xml.
//   - EventCode is the text of EventID, with or without attributes; it comes from
//     System alone. The field EventID is there only when EventID has no
//     attributes, as `<(\w*)>([^<]*)</\1>` asks.
//   - In System, every element without attributes and without children is a field
//     of its name.
//   - In System, every attribute is a field of its name and **keeps its quotes**:
//     UserID is 'S-1-5-18' with them, as a search on Splunk shows it.
//   - In EventData, an element with the one attribute Name is a field of that
//     name; a name that stands twice has two values; an element without a name is
//     none. What is no letter or digit in a name is an underscore, and none of
//     these, nor digits, stand first: `Process Name` is Process_Name. A value that
//     is not XML is taken as it stands.
//   - Entities stay encoded: &amp; is five characters. NUL, control characters,
//     U+FFFF and bytes that are not UTF-8 stay as they are.
//   - A field without text has the empty value; Splunk drops such values unless
//     KEEP_EMPTY_VALS says otherwise, which is for the caller to do.
//
// Where we differ from the add-on, on purpose:
//
//   - Name="..." in double quotes, as other tools write it, counts like Name='...'.
//   - A block that is cut off (no end tag) still gives the fields that are whole;
//     a value that is cut off is never given.
//   - In UserData, elements without attributes and without children are fields,
//     as in System. The add-on reads a few of them, event by event.
package winevent
