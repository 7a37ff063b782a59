// Package evtx turns .evtx files, the binary event logs of Windows Vista and
// later, into Windows event XML as Splunk's XmlWinEventLog has it:
//
//	problems := evtx.Read(ctx, "Security.evtx", file, evtx.Options{}, func(r evtx.Record) error {
//		_, err := out.Write(r.XML) // <Event xmlns='http://...'><System><Provider Name='...
//		return err
//	})
//
// # What it promises
//
//   - One chunk (64 KiB) and the text of one event are in memory, whatever the
//     file's size; NewText also holds the text of a chunk.
//   - No input makes it panic or run for long: what nested templates may expand
//     to is bounded (Options.MaxXML, and a budget of steps for each chunk).
//   - What is wrong is said with its offset in the file, and what stands beside
//     it is read: a checksum that is wrong, a chunk that was not closed, a file
//     that is cut off, a record that is damaged.
//
// # Which records
//
// Those of the chunks that the file's header counts, in the order of the file
// (a circular log does not begin with its oldest record). In a log that was not
// closed (the flag "dirty", as in a copy of a log in use) the header is behind
// the truth: all chunks are read, and in a chunk also the records behind its
// stated end, as long as their numbers follow. Remains of older records behind
// the end are not read.
//
// # How it is written
//
//   - One line: nothing is put between elements. Line ends inside a value stay.
//   - Attributes in single quotes; in text & < > are escaped, in attributes ' too;
//     U+0000 inside a text and halves of surrogate pairs become U+FFFD; zeros at
//     the end of a text are cut off.
//   - An element that has a place for content has both tags, <Data Name='x'></Data>;
//     one that has none is closed in itself, <Security/>.
//   - An attribute, or an element, whose optional value is null is left out.
//   - An element that holds an array stands once for each of its items.
//
// Values:
//
//	integers          -5, 4624
//	hex, size         0x3e7
//	FILETIME          2020-07-20T13:24:05.123456700Z
//	SYSTEMTIME        2020-07-20T13:24:05.123Z
//	GUID              {54849625-5478-4994-A5BA-3E3B0328C30D}
//	SID               S-1-5-18
//	bool              true, false
//	binary            0A1B2C
//	real              0.1, 1.#INF, -1.#INF, -1.#IND
//
// A value whose size does not fit its type is written as binary.
package evtx
