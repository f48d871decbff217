package history

// Tail is the last n entries.
func (h *History) Tail(n int) []Entry { return last(h.all(), n) }

// Range is the entries of a session from line start to before line stop. Session 0 is this one, -1 the one before it.
// Negative lines count from the session's end; a stop of 0 is the end.
func (h *History) Range(session, start, stop int) (out []Entry) {
	all := h.all() // which settles the session's number
	if session <= 0 {
		session += h.session
	}
	n := 1
	for _, e := range all {
		if e.Session == session {
			out = append(out, e)
			n = max(n, e.Line+1)
		}
	}
	if start < 0 {
		start += n
	}
	if stop < 0 {
		stop += n
	} else if stop == 0 {
		stop = n
	}
	in := out[:0]
	for _, e := range out {
		if start <= e.Line && e.Line < stop {
			in = append(in, e)
		}
	}
	return in
}

// Search is the entries whose code matches a pattern, the last n of them if n is above 0; with unique set the last of
// each code only.
func (h *History) Search(pattern string, unique bool, n int) (found []Entry) {
	for _, e := range h.all() {
		if matches(pattern, e.Code) {
			found = append(found, e)
		}
	}
	if unique {
		found = lastOfEach(found)
	}
	if n > 0 {
		found = last(found, n)
	}
	return found
}

func last(all []Entry, n int) []Entry { return all[max(0, len(all)-max(0, n)):] }

func lastOfEach(all []Entry) (out []Entry) {
	last := map[string]int{}
	for i, e := range all {
		last[e.Code] = i
	}
	for i, e := range all {
		if last[e.Code] == i {
			out = append(out, e)
		}
	}
	return out
}

// matches compares a text with a pattern in which * stands for any text and ? for one letter.
func matches(pattern, text string) bool {
	p, t := []rune(pattern), []rune(text)
	star, back := -1, 0
	i, j := 0, 0
	for j < len(t) {
		switch {
		case i < len(p) && p[i] == '*':
			star, back = i, j
			i++
		case i < len(p) && (p[i] == '?' || p[i] == t[j]):
			i, j = i+1, j+1
		case star >= 0:
			back++
			i, j = star+1, back
		default:
			return false
		}
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}
