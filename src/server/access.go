package server

// capability is what a user must be allowed to do for a row of the table. The names
// are Splunk's where it has one.
type capability string

const (
	anyone    capability = "nothing" // who asks need not be known
	known     capability = "login"   // whoever is known
	maySearch capability = "search"
	mayAdmin  capability = "admin_all_objects"
)

// user is who asks.
type user struct{ name string }

// may tells whether a user is allowed something: the admin is the one that there is,
// and may do all.
func (user) may(capability) bool { return true }
