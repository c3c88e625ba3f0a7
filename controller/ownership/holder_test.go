package ownership

import (
	"testing"
	"time"
)

func TestParseHolder(t *testing.T) {
	for text, want := range map[string]Holder{
		"user:Alice":                "user:alice",
		"user:a.b@acme.example":     "user:a.b@acme.example",
		"team:Acme/Payments":        "team:acme/payments",
		"schedule:pagerduty/PABC12": "schedule:pagerduty/PABC12", // identifiers of schedules keep their case
		"user:":                     "", "alice": "", "team:payments": "", "team:a/b/c": "", "group:a/b": "", "user:a b": "",
		"user:a,b": "", "user:a#b": "", "team:/b": "", "schedule:x": "", "": "",
	} {
		got, err := ParseHolder(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("ParseHolder(%q) = %q, %v; want %q", text, got, err, want)
		}
	}
}

func TestHolderParts(t *testing.T) {
	holder := TeamHolder("Acme/Payments")
	if holder.Kind() != HolderTeam || holder.Name() != "acme/payments" {
		t.Errorf("%s is of kind %q with the name %q", holder, holder.Kind(), holder.Name())
	}
}

func TestPersonLastDay(t *testing.T) {
	midnight := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	person := Person{Ends: midnight}
	if got := person.LastDay(); got != "2026-03-31" {
		t.Errorf("who is gone from midnight on was there on the day before, not %s", got)
	}
	if person.ActiveAt(midnight) || !person.ActiveAt(midnight.Add(-time.Nanosecond)) {
		t.Error("the end is exclusive")
	}
	if open := (&Person{}); open.LastDay() != "" || !open.ActiveAt(midnight) {
		t.Error("without an end there is no last day")
	}
}

func TestPermissionOrder(t *testing.T) {
	for permission, want := range map[Permission]struct {
		rank    int
		approve bool
	}{
		"": {0, false}, PermissionRead: {1, false}, PermissionTriage: {2, false}, PermissionWrite: {3, true},
		PermissionMaintain: {4, true}, PermissionAdmin: {5, true},
	} {
		if permission.Rank() != want.rank || permission.CanApprove() != want.approve {
			t.Errorf("%q: rank %d, can approve %v; want %+v", permission, permission.Rank(), permission.CanApprove(), want)
		}
	}
}

func TestProblemSaysWhereAndWhatToDo(t *testing.T) {
	problem := Problem{Location: Location{File: "a.yaml", Line: 3, Column: 5}, Field: "spec.tier", Message: "it is too long", Remedy: "shorten it"}
	if got, want := problem.Error(), "a.yaml:3:5: spec.tier: it is too long; shorten it"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := (Location{Repository: "acme/shop", File: "CODEOWNERS", Line: 2}).String(), "acme/shop CODEOWNERS:2"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
