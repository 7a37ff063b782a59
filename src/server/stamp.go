package server

import "os"

// stamp is one state of a file; nil is a missing file's.
type stamp struct{ info os.FileInfo }

// stampOf is a file's state now.
func stampOf(file string) stamp {
	info, err := os.Stat(file)
	if err != nil {
		return stamp{}
	}
	return stamp{info}
}

// same tells that a file did not change between two states. Files are replaced,
// not written over: a new one is another file also where the clock is coarse.
func (s stamp) same(o stamp) bool {
	if s.info == nil || o.info == nil {
		return s.info == o.info
	}
	return os.SameFile(s.info, o.info) && s.info.ModTime().Equal(o.info.ModTime()) && s.info.Size() == o.info.Size()
}
