package notes

// evaluations works out the state of each evaluation.
//
// It waits for the students in state I who are registered to the module. A mark
// not entered and ATT are missing, ABS and EXC are not. A retake of any kind, a
// bonus and a malus are complete as they are, since nobody is bound to have a
// mark there.
func (c *calcul) evaluations() {
	for e := range c.s.Evaluations {
		c.evaluation(e)
		c.etat(e)
	}
}

// evaluation counts the marks of an evaluation. Its statistics take in the
// marks of students who left since, as its average always has.
func (c *calcul) evaluation(e int) {
	r := &c.r.Evaluations[e]
	inscrits := c.s.Inscrits.Row(c.s.Evaluations[e].Module)
	numbers := c.values[:0]
	for i, note := range c.s.Notes.Row(e) {
		if inscrits[i] && c.present[i] {
			r.NbInscrits++
			if note.Kind == Manquante || note.Kind == Attendue {
				r.NbManquantes++
			}
		}
		if note.Kind == Manquante {
			continue
		}
		r.NbNotesTotal++
		if inscrits[i] {
			r.NbNotes++
		}
		switch note.Kind {
		case Nombre:
			numbers = append(numbers, note.Value)
		case Absent:
			r.NbAbs++
		case Excuse:
			r.NbExc++
		case Attendue:
			r.NbAtt++
		}
	}
	r.Stats = statsOf(numbers)
}

// etat decides whether an evaluation is complete, waits, and counts. One that
// counts at once but has no mark at all does not wait yet; a blocked one
// neither waits nor counts.
func (c *calcul) etat(e int) {
	r, ev := &c.r.Evaluations[e], &c.s.Evaluations[e]
	if ev.Bloquee {
		return
	}
	malus := c.s.Modules[ev.Module].Kind == Malus
	r.Complete = r.NbManquantes == 0 || ev.Kind != Normale || malus
	switch {
	case r.NbManquantes == 0 || malus:
	case ev.PublishIncomplete:
		r.Attente = r.NbNotes > 0
	default:
		r.Attente = r.NbManquantes == c.attendues(e)
	}
	r.Used = (r.Complete || r.Attente) && ev.NoteMax > 0
}

// attendues counts the ATT among the students an evaluation waits for.
func (c *calcul) attendues(e int) (n int) {
	inscrits := c.s.Inscrits.Row(c.s.Evaluations[e].Module)
	for i, note := range c.s.Notes.Row(e) {
		if note.Kind == Attendue && inscrits[i] && c.present[i] {
			n++
		}
	}
	return n
}
