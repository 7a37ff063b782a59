package scp

import "strings"

// Info is what splunkd tells about a search before it sends rows. Every member
// may be empty: splunkd starts a command several times per search only to ask
// how it runs.
type Info struct {
	// Args are the arguments without quotes and escapes, RawArgs as typed; both
	// were split at blanks and commas. See Args for a reader that puts them
	// together again.
	Args, RawArgs []string
	// Command is the name the search has for the command.
	Command string
	// App, Owner and User are the search's.
	App, Owner, User string
	// SID is the search's id; on a search peer it begins with "remote_".
	SID string
	// DispatchDir is the search's folder.
	DispatchDir string
	// SessionKey opens SplunkdURI; it is never printed.
	SessionKey Secret
	SplunkdURI string
	// Version is splunkd's.
	Version string
	// Search is the text of the search, percent-decoded; on a search peer it is
	// the remote part.
	Search string
	// MaxRows is how many rows a chunk may have, 0 when it was not told.
	MaxRows int
	// Earliest and Latest are epoch seconds as text, "0" for all time.
	Earliest, Latest string
	// Preview tells that the search shows rows before it is done.
	Preview bool
	// WillRestart is streaming_command_will_restart, which nobody explains.
	WillRestart bool

	spill *spill // of the program, for NewSpool
}

// Probe tells that splunkd only asks how the command runs, and that no search
// is behind it.
func (i *Info) Probe() bool { return i.SessionKey == "" || i.SID == "" }

// OnPeer tells that the search runs on a search peer (an indexer), which has the
// knowledge bundle but not the search head's configuration.
func (i *Info) OnPeer() bool { return strings.HasPrefix(i.SID, "remote_") }

// Secret is a text that never gets into a message by accident.
type Secret string

// String hides the text.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "(hidden)"
}

// GoString hides the text as well.
func (s Secret) GoString() string { return s.String() }

// Reveal is the text.
func (s Secret) Reveal() string { return string(s) }
