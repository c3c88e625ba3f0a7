package ownership

// Tally counts what a result found: areas by state, raised findings, drift, and problems of the input.
type Tally struct {
	Unowned, Partial, Unknown, Owned int
	Findings, Drift                  int
	Errors, Warnings                 int
	// FirstError is the first of the errors, as it is shown.
	FirstError string
}

// Tally counts what the result found.
func (r *Result) Tally() Tally {
	var t Tally
	for i := range r.Areas {
		switch r.Areas[i].State {
		case Unowned:
			t.Unowned++
		case Partial:
			t.Partial++
		case Unknown:
			t.Unknown++
		case Owned:
			t.Owned++
		}
		t.Drift += len(r.Areas[i].Drift)
	}
	for i := range r.Findings {
		if r.Findings[i].Status == Raised {
			t.Findings++
		}
	}
	for _, problem := range r.Problems {
		if problem.Warning {
			t.Warnings++
			continue
		}
		if t.Errors++; t.Errors == 1 {
			t.FirstError = problem.Error()
		}
	}
	return t
}

// Pairs are names and values for a log.
func (t Tally) Pairs() []any {
	pairs := []any{
		"unowned", t.Unowned, "partial", t.Partial, "unknown", t.Unknown, "owned", t.Owned,
		"findings", t.Findings, "drift", t.Drift, "errors", t.Errors, "warnings", t.Warnings,
	}
	if t.Errors > 0 {
		pairs = append(pairs, "first_error", t.FirstError)
	}
	return pairs
}
