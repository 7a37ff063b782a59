package server

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"time"

	"riskreplay/src/event"
)

// maxBuckets is how many buckets a timeline may have.
const maxBuckets = 1000

// bucket is a piece of a timeline.
type bucket struct {
	start time.Time
	size  time.Duration
	count int
}

// bucketSizes are how long the buckets of a timeline may be.
var bucketSizes = []time.Duration{
	time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second, time.Minute, 5 * time.Minute, 10 * time.Minute, 30 * time.Minute,
	time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour, 30 * 24 * time.Hour, 365 * 24 * time.Hour,
}

// jobTimeline counts a job's events over time, in as many buckets as status_buckets
// allows at most.
func (a *API) jobTimeline(c *call) {
	s := a.found(c)
	if s == nil {
		return
	}
	set, err := a.eventsOf(c.r.Context(), s)
	if err != nil {
		refuseSearch(c, err)
		return
	}
	var list []bucket
	if s.p.buckets > 0 {
		if list, err = timeline(set, s.p.buckets); err != nil {
			c.refuse(http.StatusInternalServerError, "FATAL", err.Error())
			return
		}
	}
	sendTimeline(c, list, set)
}

// timeline has the buckets from the first event to the last one.
func timeline(set rowSet, limit int) ([]bucket, error) {
	times, err := timesOf(set)
	if err != nil || len(times) == 0 {
		return nil, err
	}
	first, last := slices.Min(times).Std().UTC(), slices.Max(times).Std().UTC()
	size := bucketSizes[len(bucketSizes)-1]
	for _, s := range bucketSizes {
		if last.Sub(first.Truncate(s))/s < time.Duration(limit) {
			size = s
			break
		}
	}
	start := first.Truncate(size)
	n := int(last.Sub(start)/size) + 1
	if n > maxBuckets {
		size *= time.Duration(n/maxBuckets + 1)
		n = int(last.Sub(start)/size) + 1
	}
	out := make([]bucket, n)
	for i := range out {
		out[i] = bucket{start: start.Add(time.Duration(i) * size), size: size}
	}
	for _, t := range times {
		out[min(n-1, int(t.Std().Sub(start)/size))].count++
	}
	return out, nil
}

func timesOf(set rowSet) ([]event.Time, error) {
	var out []event.Time
	for rows, err := range set.rows.Rows(0, 0) {
		if err != nil {
			return nil, err
		}
		c := rows.Column("_time")
		if c == nil {
			continue
		}
		for at := range rows.Len {
			if t, ok := c.Time(at); ok {
				out = append(out, t)
			}
		}
	}
	return out, nil
}

func sendTimeline(c *call, list []bucket, set rowSet) {
	total := set.rows.Len()
	if wantsJSON(c.r) {
		buckets := []any{}
		for _, b := range list {
			buckets = append(buckets, map[string]any{
				"earliest_time": b.start.Unix(), "earliest_time_offset": 0, "earliest_strftime": b.start.Format(timeForm), "duration": b.size.Seconds(),
				"total_count": b.count, "available_count": b.count, "is_finalized": !set.running,
			})
		}
		sendJSON(c.w, http.StatusOK, map[string]any{"buckets": buckets, "event_count": total, "cursor_time": 0, "is_time_cursored": true})
		return
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, xml.Header+"<timeline c='%d' cursor='0'>\n", total)
	for _, one := range list {
		fmt.Fprintf(&b, "<bucket c='%[1]d' a='%[1]d' t='%[2]d' d='%[3]s' f='%[4]s' etz='0' ltz='0'>%[5]s</bucket>\n",
			one.count, one.start.Unix(), number(one.size.Seconds()), plainText(!set.running), one.start.Format(timeForm))
	}
	b.WriteString("</timeline>\n")
	send(c.w, http.StatusOK, xmlType, b.Bytes())
}
