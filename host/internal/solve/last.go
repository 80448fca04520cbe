package solve

// last offers the sets of a node that have one candidate more: to look at them all takes no longer than to bound them.
func (b *best) last(n *node, more []int) {
	if len(more) == 0 {
		more = n.free
	}
	near := b.times(n.in)
	with := append(append(make([]int, 0, len(n.in)+1), n.in...), 0)
	for _, i := range more {
		if last := b.worst(); near != nil && last != nil && b.company.join(b.p.Objectives[0], 0, b.firstFigure(near, i)) > last.figures[0] {
			continue
		}
		with[len(n.in)] = i
		b.offer(with)
	}
	if !b.work.toil(int64(1 + len(more)*(1+len(b.p.Weights)/64))) {
		b.over = true
	}
}

// pair are a user's times to the nearest of some copies, and to the nearest of the others once that is lost.
type pair struct{ first, second int64 }

func (p *pair) clear() { p.first, p.second = Unknown, Unknown }

// add counts a copy at a time, and at another once one is lost.
func (p *pair) add(t, late int64) {
	if t < p.first {
		p.first, p.second = t, min(p.first, p.second)
	} else {
		p.second = min(p.second, late)
	}
}

// times are those of all users to the chosen candidates; nil if the first objective is none of what users see.
func (b *best) times(in []int) []pair {
	if b.p.Weighted != nil || len(b.p.Objectives) == 0 || !b.c.UserFacing {
		return nil
	}
	switch b.p.Objectives[0] {
	case Latency, Worst, AfterLoss:
	default:
		return nil
	}
	near := make([]pair, len(b.p.Weights))
	for u := range near {
		near[u].clear()
		for _, i := range in {
			x := &b.c.Candidates[i]
			near[u].add(x.RTT[u], x.late[u])
		}
	}
	return near
}

// firstFigure is the first objective of what times are of, and one candidate more.
func (b *best) firstFigure(near []pair, i int) int64 {
	sum, worst := int64(0), int64(0)
	rtt, late := b.c.Candidates[i].RTT, b.c.Candidates[i].late
	for u, w := range b.p.Weights {
		if w == 0 {
			continue
		}
		p := near[u]
		p.add(rtt[u], late[u])
		switch b.p.Objectives[0] {
		case Worst:
			worst = max(worst, p.first)
			continue
		case AfterLoss:
			p.first = p.second
		}
		if p.first >= Unknown {
			return Unknown
		}
		sum += w * p.first
	}
	return max(sum, worst)
}
