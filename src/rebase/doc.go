// Package rebase moves every time inside an event by splicing, and moves it back.
//
//	r, err := rebase.New(rebase.Options{Shift: rebase.Shift{Delta: 24 * 3600e9}})
//	left := r.Event(&e) // e.Time, e.Raw and e.Fields are moved
//
// A moved time keeps its precision, width, zone and letters; all other bytes are
// those of the event as received, and nothing is unmarshalled. The old bytes are
// never written to: e.Raw is a new slice, or the old one when no time is in it.
//
// # What is moved
//
// By a day and an hour, wherever it stands in the event:
//
//	SystemTime='2026-01-15T23:41:40.145335200Z'   '2026-01-17T00:41:40.145335200Z'
//	UtcTime'>2026-01-15 23:41:39.938<             2026-01-17 00:41:39.938
//	date=2026-01-15 time=23:41:39                 date=2026-01-17 time=00:41:39
//	20260115T234139Z                              20260117T004139Z
//	01/15/2026 11:41:39 PM                        01/17/2026 12:41:39 AM
//	>9/30/2026 11:05:07 PM<                       10/2/2026 12:05:07 AM
//	[15/Jan/2026:23:41:39 +0100]                  17/Jan/2026:00:41:39 +0100
//	Thu, 15 Jan 2026 23:41:39 GMT                 Sat, 17 Jan 2026 00:41:39 GMT
//	Jan 31 23:41:39 host sshd[881]:               Feb  2 00:41:39
//	Thu Jan 15 23:41:39 UTC 2026                  Sat Jan 17 00:41:39 UTC 2026
//	20260115234139.000000+060                     20260117004139.000000+060
//	audit(1768520499.123:99)                      audit(1768610499.123:99)
//	"timestamp":"1768520499123"                   1768610499123
//	"lastLogon":"134129940991234567"              134130840991234567
//	/Date(1768520499123+0100)/                    1768610499123
//
// A number is a time by what stands before it: a key that ends in time, date,
// timestamp, _at, _ts and the like (see timeKey), `audit(`, `Date(`, or nothing,
// when the event begins with it. Its digits tell its unit: 10 are seconds, 13 ms,
// 16 us, 19 ns since 1970, 18 are a Windows FILETIME. A time without a year (as
// syslog writes it) is in the year that puts it nearest to the event's own time.
//
// # What is left
//
// Event returns how many texts look like a date and were not moved:
//
//   - a date without a time of day to the second;
//   - a time before 1971 or from 2262 on (in logs it means never), a leap second,
//     a day that is in no calendar, DD/MM/YYYY where that shows;
//   - a time that would be moved out of that range, and an epoch number that would
//     leave 1e9 to 9.2e9 seconds, where its count of digits changes;
//   - a number that would lie within a day of the event, were it a time.
//
// Not looked for: months written out, years of two digits, URL-encoded times,
// FILETIMEs in hex or in two halves, times of day without a date.
//
// # Widths
//
// A width changes only where the text writes no leading zeros and the value
// needs it: 9/30/2026 9:05:07 PM becomes 10/1/2026 9:05:07 PM. Whether a text
// writes them is told by its own digits; where month, day and hour all have two
// digits anyway, by its surroundings (Windows writes none inside a Data element
// and behind a tab).
//
// # The way back
//
// Options.Inverse gives the same bytes back. A time with d digits of fraction is
// moved by the delta cut to d digits, so that nothing is lost in either
// direction; a delta of whole seconds moves all times alike, and is what callers
// should use. Counts.Inexact counts the times of which that cannot be promised:
// those left because they would leave the range, those whose new digits no
// longer tell whether zeros are written, and those without a year that are half
// a year away from the event. With a scale the way back is exact only to the
// precision written.
package rebase
