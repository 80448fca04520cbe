package topology

// visit is a region in the queue of a search, by time and then by row.
type visit struct {
	micros int64
	region int
}

func (v visit) before(w visit) bool {
	return v.micros < w.micros || v.micros == w.micros && v.region < w.region
}

// queue is a heap, the earliest visit first. That of the standard library allocates for every visit, and
// searches do little else.
type queue []visit

func (q *queue) push(v visit) {
	s := append(*q, v)
	i := len(s) - 1
	for i > 0 {
		up := (i - 1) / 2
		if !v.before(s[up]) {
			break
		}
		s[i] = s[up]
		i = up
	}
	s[i] = v
	*q = s
}

// pop takes the earliest visit out; there must be one.
func (q *queue) pop() visit {
	s := *q
	first, v := s[0], s[len(s)-1]
	s = s[:len(s)-1]
	*q = s
	i := 0
	for {
		down := 2*i + 1
		if down >= len(s) {
			break
		}
		if down+1 < len(s) && s[down+1].before(s[down]) {
			down++
		}
		if !s[down].before(v) {
			break
		}
		s[i] = s[down]
		i = down
	}
	if len(s) > 0 {
		s[i] = v
	}
	return first
}
