package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

const (
	domain    = "CORP"
	dnsDomain = "corp.example"
	domainSID = "S-1-5-21-2071456230-1187340255-3390214478"
)

// host is one machine and what records on it.
type host struct {
	short string // NetBIOS name
	name  string // as Sysmon and the event log call it
	ip    string
	guid  uint32 // first word of the machine's Sysmon GUIDs
	boot  time.Time

	// Sysmon 13 and later: GUIDs in small letters that count processes, and
	// User in every event. Before: capital letters, the id of a token, and
	// User in events 1 and 3 only.
	newSysmon bool
	hides     []string // images of which this host's Sysmon records nothing
	auditsCmd bool     // whether 4688 has the command line
	sensor    *sensor  // nil: no CrowdStrike here

	sysmonTID   int
	firstRecord map[string]uint64 // by the log's file name

	rng     *rand.Rand
	pids    map[int]bool
	counter uint32
	procs   map[string]*proc // those that run since boot or logon, by a short name

	sessions map[string]*session
}

// newHost has the machine of a dataset with nothing running.
func newHost(d *dataset, short, ip string, guid uint32, boot string) *host {
	at, err := time.Parse(time.RFC3339Nano, boot)
	if err != nil {
		panic(err)
	}
	return &host{
		short: short, name: strings.ToLower(short) + "." + dnsDomain, ip: ip, guid: guid, boot: at,
		firstRecord: map[string]uint64{},
		rng:         d.rng, pids: map[int]bool{}, procs: map[string]*proc{}, sessions: map[string]*session{},
	}
}

// account is who may log on.
type account struct{ domain, name, sid string }

// session is an account's logon on a host.
type session struct {
	account
	id    uint32
	since time.Time
	desk  int    // terminal session
	level string // integrity: Low, Medium, High, System
	token string // TokenElevationType of 4688
}

// user is the account as Sysmon names it.
func (s *session) user() string { return s.domain + `\` + s.name }

func domainAccount(name string, rid int) account {
	return account{domain, name, fmt.Sprintf("%s-%d", domainSID, rid)}
}

var (
	helpdesk = domainAccount("helpdesk01", 1604)
	deploy   = domainAccount("svc-deploy", 1722)
	admin    = domainAccount("Administrator", 500)

	system         = account{"NT AUTHORITY", "SYSTEM", "S-1-5-18"}
	localService   = account{"NT AUTHORITY", "LOCAL SERVICE", "S-1-5-19"}
	networkService = account{"NT AUTHORITY", "NETWORK SERVICE", "S-1-5-20"}
)

// logon makes a session of the host and keeps it under a name of the tables.
func (h *host) logon(name string, a account, id uint32, since time.Time, desk int, level string) {
	h.sessions[name] = newSession(a, id, since, desk, level)
}

func newSession(a account, id uint32, since time.Time, desk int, level string) *session {
	token := "%%1936" // the whole token of an account that has no other
	if desk > 0 {
		token = map[string]string{"High": "%%1937", "Medium": "%%1938"}[level]
	}
	return &session{account: a, id: id, since: since, desk: desk, level: level, token: token}
}

// newPID is a process id that no other process of the host had.
func (h *host) newPID() int {
	for {
		pid := 4 * (400 + h.rng.IntN(2600))
		if !h.pids[pid] {
			h.pids[pid] = true
			return pid
		}
	}
}

// thread is a thread id.
func (h *host) thread() int { return 4 * (200 + h.rng.IntN(2400)) }

// machine is the account of the computer, in whose name SYSTEM acts.
func (h *host) machine() account { return account{domain, h.short + "$", system.sid} }
