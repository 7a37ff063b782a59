package vet

import (
	"errors"
	"strings"
	"time"

	"riskreplay/src/conf"
	"riskreplay/src/diag"
	"riskreplay/src/splunktime"
)

// searchRules are about saved searches.
var searchRules = []Rule{
	{"check_saved_search_specifies_a_search", "a saved search without a search does nothing", eachSearch(func(s *conf.Stanza, f *finder) {
		if s.Get("search") == "" {
			f.warn(s.Place, "the saved search \""+s.Name+"\" has no search", "")
		}
	})},
	{"check_for_emails_in_saved_search", "results must not be mailed to people who did not ask for them", eachSearch(func(s *conf.Stanza, f *finder) {
		if set, ok := s.Lookup("action.email.to"); ok && set.Value != "" {
			f.fail(set.Text.At(0, len(set.Value)), "the saved search \""+s.Name+"\" mails its results", "take action.email.to away")
		}
	})},
	{"check_for_real_time_saved_searches_for_cloud", "real-time searches keep a core busy", eachSearch(func(s *conf.Stanza, f *finder) {
		for _, key := range []string{"dispatch.earliest_time", "dispatch.latest_time"} {
			if set, ok := s.Lookup(key); ok && strings.HasPrefix(set.Value, "rt") {
				f.fail(set.Text.At(0, len(set.Value)), "the saved search \""+s.Name+"\" is a real-time one", "")
			}
		}
	})},
	{"check_for_gratuitous_cron_scheduling", "a search that runs every few minutes costs the others", eachSearch(func(s *conf.Stanza, f *finder) {
		set, ok := s.Lookup("cron_schedule")
		if !ok || !truth(orTrue(s.Get("enableSched"))) {
			return
		}
		at := set.Text.At(0, len(set.Value))
		cron, err := splunktime.ParseCron(set.Value)
		if err != nil {
			text := err.Error()
			var m diag.Message
			if errors.As(err, &m) {
				text = m.Text
			}
			f.fail(at, text, hint(err, ""))
		} else if n := runsAnHour(cron); n > 12 {
			f.warn(at, "the saved search \""+s.Name+"\" runs more than twelve times an hour", "every five minutes is often enough")
		}
	})},
	{"check_for_empty_saved_search_description", "who sees the search must know what it is for", eachSearch(func(s *conf.Stanza, f *finder) {
		if s.Get("description") == "" {
			f.warn(s.Place, "the saved search \""+s.Name+"\" has no description", "")
		}
	})},
	{"check_for_sched_saved_searches_earliest_time", "a scheduled search over all time reads everything each time", eachSearch(func(s *conf.Stanza, f *finder) {
		if truth(s.Get("enableSched")) && s.Get("dispatch.earliest_time") == "" && !strings.HasPrefix(strings.TrimSpace(s.Get("search")), "|") {
			f.warn(s.Place, "the scheduled search \""+s.Name+"\" has no dispatch.earliest_time", "")
		}
	})},
	{"check_for_sched_saved_searches_latest_time", "events of the future are searched without it", eachSearch(func(s *conf.Stanza, f *finder) {
		if truth(s.Get("enableSched")) && s.Get("dispatch.latest_time") == "" && !strings.HasPrefix(strings.TrimSpace(s.Get("search")), "|") {
			f.warn(s.Place, "the scheduled search \""+s.Name+"\" has no dispatch.latest_time", "")
		}
	})},
	{"check_saved_search_name_length", "Enterprise Security cannot edit a longer one: it writes domain and - Rule around the name", eachSearch(func(s *conf.Stanza, f *finder) {
		if name := "endpoint - " + s.Name + " - Rule"; truth(s.Get("action.correlationsearch.enabled")) && len([]rune(name)) > 99 {
			f.fail(s.Place, "the name of \""+s.Name+"\" is too long", "at most 99 characters with \"endpoint - \" before it and \" - Rule\" behind it")
		}
	})},
}

func orTrue(v string) string {
	if v == "" {
		return "true"
	}
	return v
}

// eachSearch is a rule for every saved search.
func eachSearch(check func(*conf.Stanza, *finder)) func(*App, *finder) {
	return func(a *App, f *finder) {
		for _, s := range a.conf("savedsearches.conf").Stanzas {
			if s.Name != "default" {
				check(s, f)
			}
		}
	}
}

// runsAnHour is how often a schedule ticks in its busiest hour of a day.
func runsAnHour(cron splunktime.Cron) (most int) {
	day := time.Date(2026, 1, 15, 0, 0, 0, 0, time.UTC)
	counts := map[int]int{}
	for at := day.AddDate(0, 0, 1).Add(-time.Second); len(counts) <= 24; at = at.Add(-time.Second) {
		if at = cron.Prev(at); at.Before(day) {
			break
		}
		counts[at.Hour()]++
		most = max(most, counts[at.Hour()])
	}
	return most
}
