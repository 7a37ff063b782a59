package scp

// Spool keeps rows, in memory while they are few and on disk when they are many.
type Spool struct {
	parts []*Rows
	n     int
}

// Len is the number of rows.
func (s *Spool) Len() int { return s.n }
