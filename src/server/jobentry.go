package server

import (
	"time"
)

// entry tells where a job stands.
func (s *searchJob) entry(now time.Time) entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := "/services/search/jobs/" + segment(s.sid)
	return entry{
		name: s.p.request.Search, path: path, updated: s.changed, content: s.content(now),
		acl:     &access{app: s.appName(), owner: s.owner, sharing: "global", read: []string{s.owner}, write: []string{s.owner}, removable: true},
		actions: []string{"search.log", "events", "results", "results_preview", "timeline", "summary", "control"},
	}
}

func (s *searchJob) appName() string {
	if s.p.request.App != "" {
		return s.p.request.App
	}
	return "search"
}

// state is dispatchState and doneProgress.
func (s *searchJob) state() (string, float64) {
	switch {
	case s.failed:
		return "FAILED", 1
	case !s.ended.IsZero():
		return "DONE", 1
	case s.final:
		return "FINALIZING", 0
	case s.gate != nil:
		return "PAUSED", 0
	case s.result == nil:
		return "PARSING", 0
	}
	return "RUNNING", 0
}

// content are the properties of a job, under Splunk's names; the lock is held.
func (s *searchJob) content(now time.Time) map[string]any {
	state, progress := s.state()
	end, count, scanned := now, s.spool.Len()+int(s.sent.Load()), int(s.scanned.Load())
	done := !s.ended.IsZero()
	if done {
		end = s.ended
	}
	size, _ := s.spool.Size()
	events := scanned
	if s.result != nil && s.result.Events {
		events = count
	}
	messages := s.messages
	if messages == nil {
		messages = []message{}
	}
	r := s.p.request
	return map[string]any{
		"sid": s.sid, "search": r.Search, "normalizedSearch": s.outline.Text, "optimizedSearch": s.outline.Text, "remoteSearch": s.outline.Events,
		"eventSearch": s.outline.Events, "reportSearch": s.outline.Report, "keywords": "", "label": s.p.label, "delegate": "", "provenance": "rest", "sampleRatio": "1",
		"dispatchState": state, "doneProgress": progress, "isDone": done, "isFailed": s.failed, "isFinalized": s.final, "isPaused": s.gate != nil,
		"isSaved": s.saved, "isSavedSearch": s.p.label != "", "isZombie": false, "isPreviewEnabled": s.preview, "isEventsPreviewEnabled": s.preview,
		"isRealTimeSearch": false, "isRemoteTimeline": false, "isTimeCursored": true, "isBatchModeSearch": false, "isGoodSummarizationCandidate": false, "canSummarize": false,
		"resultCount": count, "resultPreviewCount": count, "resultIsStreaming": s.outline.Report == "", "numPreviews": 0,
		"eventCount": events, "eventAvailableCount": events, "eventFieldCount": len(s.fields), "eventIsStreaming": true, "eventIsTruncated": false,
		"eventSorting": "desc", "scanCount": scanned, "dropCount": 0, "searchTotalBucketsCount": 0, "searchTotalEliminatedBucketsCount": 0,
		"runDuration": end.Sub(s.began).Seconds(), "ttl": int(s.keep.Seconds()), "defaultTTL": "600", "defaultSaveTTL": "604800", "priority": s.priority,
		"diskUsage": size, "pid": "", "statusBuckets": s.p.buckets, "searchProviders": []string{"riskreplay"}, "remoteSearchLogs": []string{},
		"earliestTime": isoTime(s.earliest, time.Unix(0, 0)), "latestTime": isoTime(s.until, s.began), "cursorTime": isoTime(s.earliest, time.Unix(0, 0)),
		"searchEarliestTime": epoch(s.earliest), "searchLatestTime": epoch(s.until), "modifiedTime": isoTime(s.changed, s.changed),
		"messages": messages, "request": s.p.given, "performance": map[string]any{}, "searchCanBeEventType": s.outline.Report == "",
	}
}

// isoTime is a time as jobs tell it, otherwise when there is no bound.
func isoTime(t, otherwise time.Time) string {
	if t.IsZero() {
		t = otherwise
	}
	return t.UTC().Format(timeForm)
}
