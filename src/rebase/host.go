package rebase

// hostValue renames the host that is the value behind raw[i], which ends its
// name, and gives where to go on.
func (r *Rewriter) hostValue(i int) int {
	raw := r.raw
	next := i + 1
	if r.rekey.Suffix == "" {
		return next
	}
	at := next
	for at < len(raw) && at < next+4 && (isQuote(raw[at]) || isBlank(raw[at])) {
		at++
	}
	end := at
	for end < len(raw) && isHost(raw[end]) {
		end++
	}
	if end == at || end < len(raw) && raw[end] == ':' || !hostKey(keyBefore(raw, at)) || !r.renameAt(at, end) {
		return next
	}
	return end
}

// headerHost renames the host behind the time of a syslog header (`Jan 15
// 23:41:39 host`, `<13>1 2026-01-15T23:41:39Z host`), and gives where to go on.
func (r *Rewriter) headerHost(s *stamp) int {
	head, version := priority(r.raw[:s.start])
	if !head || version == s.noYear {
		return s.end
	}
	at := s.end
	for version && at < len(r.raw) && (isZone(r.raw[at]) || r.raw[at] == ':') {
		at++
	}
	end := at + 1
	for end < len(r.raw) && isHost(r.raw[end]) {
		end++
	}
	if end >= len(r.raw) || r.raw[at] != ' ' || r.raw[end] != ' ' || !r.renameAt(at+1, end) {
		return s.end
	}
	return end
}

// priority tells whether a text is nothing, <13> or <13>1 with a blank, the last
// of which has a version.
func priority(b []byte) (ok, version bool) {
	if len(b) == 0 {
		return true, false
	}
	i := 1
	for i < len(b) && isDigit(b[i]) {
		i++
	}
	if b[0] != '<' || i == len(b) || b[i] != '>' {
		return false, false
	}
	version = string(b[i+1:]) == "1 "
	return version || i+1 == len(b), version
}

// renameAt renames the host raw[at:end].
func (r *Rewriter) renameAt(at, end int) bool {
	dot, ok := r.label(r.raw[at:end])
	if !ok {
		return false
	}
	if r.rekey.undo {
		r.upTo(at+dot-len(r.rekey.Suffix), at+dot)
	} else {
		r.upTo(at+dot, at+dot)
		r.out = append(r.out, r.rekey.Suffix...)
	}
	r.counts.Keys++
	return true
}

// maxHosts is how many hosts are remembered, so that events share their names.
const maxHosts = 10_000

// host is a host's new name.
func (r *Rewriter) host(name string) string {
	renamed, known := r.hosts[name]
	if !known {
		if r.hosts == nil || len(r.hosts) >= maxHosts {
			r.hosts = map[string]string{}
		}
		renamed = r.rename(name)
		r.hosts[name] = renamed
	}
	return renamed
}

func (r *Rewriter) rename(name string) string {
	dot, ok := r.label([]byte(name))
	switch suffix := r.rekey.Suffix; {
	case !ok:
		return name
	case r.rekey.undo:
		return name[:dot-len(suffix)] + name[dot:]
	default:
		return name[:dot] + suffix + name[dot:]
	}
}

// label is where the first label of a host's name ends; false when it is not to
// be renamed: no name but an address, localhost, or, on the way back, one
// without the suffix.
func (r *Rewriter) label(name []byte) (end int, ok bool) {
	letters := false
	for end < len(name) && name[end] != '.' {
		letters = letters || isLetter(name[end])
		end++
	}
	label := name[:end]
	if r.rekey.undo {
		cut := end - len(r.rekey.Suffix)
		if cut < 0 || string(label[cut:]) != r.rekey.Suffix {
			return 0, false
		}
		label, letters = label[:cut], false
		for _, c := range label {
			letters = letters || isLetter(c)
		}
	}
	return end, letters && r.rekey.Suffix != "" && !equalFold(label, "localhost")
}

func isHost(c byte) bool {
	return isLetter(c) || isDigit(c) || c == '-' || c == '.' || c == '_' || c >= 0x80
}

// hostKey tells whether the values with a name are hosts.
func hostKey(key []byte) bool {
	if len(key) < 4 || len(key) > 20 {
		return false
	}
	var lower [20]byte
	for i, c := range key {
		lower[i] = c
		if isLetter(c) {
			lower[i] |= 0x20
		}
	}
	switch string(lower[:len(key)]) {
	case "computer", "computername", "host", "hostname", "workstationname", "workstation",
		"sourcehostname", "destinationhostname", "dvc_host", "src_host", "dest_host", "nodename":
		return true
	}
	return false
}
