package server

import (
	"maps"
	"slices"
)

// capability is what a user must be allowed to do for a row of the table. The names
// are Splunk's where it has one.
type capability string

const (
	anyone capability = "nothing" // who asks need not be known
	known  capability = "login"   // whoever is known

	maySearch     capability = "search"
	maySchedule   capability = "schedule_search"        // make, change, dispatch saved searches
	mayAdmin      capability = "admin_all_objects"      // change what belongs to all, .conf files among it
	mayIndexes    capability = "indexes_edit"           // make an index
	mayInput      capability = "edit_tcp"               // send events to receivers/simple and receivers/stream
	mayTokens     capability = "edit_token_http"        // see and change the collector's tokens
	mayUsers      capability = "edit_user"              // see others, and change them
	mayAuthorize  capability = "edit_tokens_all"        // bearer tokens of anybody
	mayPasswords  capability = "list_storage_passwords" // see and change storage/passwords
	mayCollect    capability = "run_collect"            // collect and what is like it
	maySendAlert  capability = "run_sendalert"
	mayWriteFiles capability = "output_file" // outputlookup, outputcsv
	mayPrograms   capability = "run_custom_command"
)

// The roles that there are.
const (
	// RoleAdmin may do all that the server can do.
	RoleAdmin = "admin"
	// RoleUser may search, and no more: it changes nothing, and sees no tokens.
	RoleUser = "user"
)

// roles are what each role may do.
var roles = map[string][]capability{
	RoleAdmin: {
		known, maySearch, maySchedule, mayAdmin, mayIndexes, mayInput, mayTokens, mayUsers, mayAuthorize, mayPasswords,
		mayCollect, maySendAlert, mayWriteFiles, mayPrograms,
	},
	RoleUser: {known, maySearch, mayPrograms},
}

// Roles are the roles' names, in order.
func Roles() []string { return slices.Sorted(maps.Keys(roles)) }

// user is who asks.
type user struct{ name, role string }

// may tells whether a user is allowed something.
func (u user) may(c capability) bool { return slices.Contains(roles[u.role], c) }

// capabilities are the names of all that the user may do, in order.
func (u user) capabilities() []string {
	var names []string
	for _, c := range roles[u.role] {
		if c != known {
			names = append(names, string(c))
		}
	}
	slices.Sort(names)
	return names
}

// writing are the commands of a search that change something, and what they need.
var writing = map[string]capability{
	"collect": mayCollect, "mcollect": mayCollect, "meventcollect": mayCollect, "tscollect": mayCollect, "summaryindex": mayCollect,
	"outputlookup": mayWriteFiles, "outputcsv": mayWriteFiles, "outputtext": mayWriteFiles, "dump": mayWriteFiles,
	"sendalert": maySendAlert, "sendemail": maySendAlert,
}

// without are the commands that the user's searches must not have.
func (u user) without() []string {
	var names []string
	for name, c := range writing {
		if !u.may(c) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
