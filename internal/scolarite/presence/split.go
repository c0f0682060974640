package presence

// Detail is the count of a state, and of what is justified and not in it.
type Detail struct {
	Count
	Justified, Unjustified Count
}

// Split is the count of the records of one student by state.
type Split struct {
	Present, Late, Absent Detail
	Total                 Count
}

// Split counts the records of one student by state; see [Calendar.Count]. A
// presence is never justified.
func (c Calendar) Split(records []Record) Split {
	var total tally
	var states [Absent + 1]struct{ all, justified, unjustified tally }
	k := clocks{Calendar: c}
	for _, r := range records {
		state := &states[r.State]
		part := &state.unjustified
		if r.IsJustified && r.State != Present {
			part = &state.justified
		}
		k.add(r, &total, &state.all, part)
	}
	detail := func(s State) Detail {
		return Detail{states[s].all.count(), states[s].justified.count(), states[s].unjustified.count()}
	}
	return Split{Present: detail(Present), Late: detail(Late), Absent: detail(Absent), Total: total.count()}
}

// Add adds the split of another student.
func (s *Split) Add(o Split) {
	for _, pair := range []struct{ into, from *Detail }{{&s.Present, &o.Present}, {&s.Late, &o.Late}, {&s.Absent, &o.Absent}} {
		pair.into.Count.Add(pair.from.Count)
		pair.into.Justified.Add(pair.from.Justified)
		pair.into.Unjustified.Add(pair.from.Unjustified)
	}
	s.Total.Add(o.Total)
}
