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
	return Split{
		Present: c.detail(records, Present), Late: c.detail(records, Late), Absent: c.detail(records, Absent),
		Total: c.Count(records),
	}
}

func (c Calendar) detail(records []Record, state State) Detail {
	return Detail{
		Count:       c.count(records, func(r Record) bool { return r.State == state }),
		Justified:   c.count(records, func(r Record) bool { return r.State == state && r.IsJustified }),
		Unjustified: c.count(records, func(r Record) bool { return r.State == state && !r.IsJustified }),
	}
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
