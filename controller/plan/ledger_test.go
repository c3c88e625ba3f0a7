package plan

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/remit-dev/remit/controller/ownership"
)

var hours = func(n float64) time.Time { return nine.Add(time.Duration(n * float64(time.Hour))) }

func TestPrune(t *testing.T) {
	removal := went("shop", "ann", 0)
	at := func(entry Entry, hour float64) Entry { entry.At = hours(hour); return entry }
	temporary := entryOf(adding("shop", "tmp", 1).Change, 0)
	until := func(hour float64) Entry { e := at(temporary, -1000+hour/1000); e.Until = hours(hour); return e }
	back := at(went("shop", "tmp", 0), -40)
	cases := map[string]struct {
		reason string
		ledger []Entry
		want   []Entry
	}{
		"Recent":   {"it counts", []Entry{at(removal, -23)}, []Entry{at(removal, -23)}},
		"Slack":    {"it counts no more here, but may for a clock that is behind", []Entry{at(removal, -24.9)}, []Entry{at(removal, -24.9)}},
		"Old":      {"it counts nowhere", []Entry{at(removal, -25)}, nil},
		"Addition": {"begun changes are known for a day as well", []Entry{at(temporary, -25), at(temporary, -2)}, []Entry{at(temporary, -2)}},
		"Temporary": {
			"while it lasts, and a week longer", []Entry{until(-167), until(50)}, []Entry{until(50)},
			// the second was given after the first, for the same: it is what counts
		},
		"TemporaryEnded": {"the proposal to end it may wait", []Entry{until(-167)}, []Entry{until(-167)}},
		"TemporaryOver":  {"nobody ends it any more", []Entry{until(-168)}, nil},
		"TakenBack":      {"there is nothing left to end", []Entry{until(50), back}, nil},
		"Future":         {"a clock that was put back: it counts from now on, not for ever", []Entry{at(removal, 5000)}, []Entry{at(removal, 0)}},
		"NearFuture":     {"two clocks differ a little", []Entry{at(removal, 0.5)}, []Entry{at(removal, 0.5)}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, Prune(tc.ledger, nine)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tc.reason, diff)
			}
		})
	}
}

func TestRecord(t *testing.T) {
	shared := removing("shop", "ann", 3).Change
	shared.Areas = []ownership.AreaID{"default/shop", "default/web"}
	made := []ownership.Change{adding("shop", "tmp", 1).Change, shared}
	hash := strings.Repeat("0f", 32)
	until := func(c ownership.Change) time.Time {
		if c.Removal {
			t.Error("asked until when a removal gives access")
		}
		return hours(48)
	}
	got := Record([]Entry{went("web", "bob", 2), went("web", "old", 50)}, nine, hash, made, until)
	want := []Entry{
		went("web", "bob", 2),
		{
			At: nine, PlanHash: hash, Target: "codeowners", Operation: ownership.AddOwner, Repository: shop, File: file,
			Areas: []ownership.AreaID{"default/shop"}, Role: "approver", Holders: []ownership.Holder{"user:tmp"}, Until: hours(48),
		},
		{
			At: nine, PlanHash: hash, Target: "codeowners", Operation: ownership.RemoveOwner, Repository: shop, File: file,
			Areas: []ownership.AreaID{"default/shop", "default/web"}, Role: "approver", Holders: []ownership.Holder{"user:ann"}, Removal: true,
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ledger (-want +got):\n%s", diff)
	}
	later := Record(got, hours(49), hash, []ownership.Change{removing("shop", "tmp", 1).Change}, nil)
	if last := later[len(later)-1]; !last.Exempt || !last.Removal {
		t.Errorf("the end of temporary access is not marked: %+v", last)
	}
}

func TestLedgerIsReadAsWritten(t *testing.T) {
	full := Record(nil, nine, strings.Repeat("ab", 32), []ownership.Change{adding("shop", "tmp", 1).Change, removing("shop", "team:acme/web", 2).Change},
		func(ownership.Change) time.Time { return hours(3) })
	for name, ledger := range map[string][]Entry{"Empty": nil, "Full": full} {
		var text bytes.Buffer
		if err := WriteLedger(&text, ledger); err != nil {
			t.Fatal(name, err)
		}
		got, err := ReadLedger(&text)
		if err != nil {
			t.Fatal(name, err)
		}
		if diff := cmp.Diff(ledger, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

const goodEntry = `{"at":"2026-11-02T09:00:00Z","planHash":"` + sixtyFour + `","target":"codeowners","operation":"remove-owner",` +
	`"areas":["default/shop"],"role":"approver","holders":["user:ann"],"removal":true}`

const sixtyFour = "abababababababababababababababababababababababababababababababab"

func TestReadLedgerRefuses(t *testing.T) {
	entry := func(old, changed string) string {
		return `{"version":1,"entries":[` + strings.Replace(goodEntry, old, changed, 1) + `]}`
	}
	if _, err := ReadLedger(strings.NewReader(entry("", ""))); err != nil {
		t.Fatal("the entry that the cases break is broken itself:", err)
	}
	cases := map[string]struct{ reason, text, want string }{
		"Nothing":       {"an empty file was cut off", "", "EOF"},
		"Cut":           {"so was this one", `{"version":1,"entries":[{"at":"20`, "unexpected EOF"},
		"NoJSON":        {"something else wrote it", "\x00\x00\x00", "invalid character"},
		"Behind":        {"two writers at once", entry("", "") + `{"version":1}`, "behind its end"},
		"NoVersion":     {"it is not said how to read it", `{"entries":[]}`, "version is 0"},
		"Newer":         {"a newer Remit may count otherwise", `{"version":2,"entries":[]}`, "version is 2"},
		"Field":         {"what is not known cannot be counted", entry(`"role"`, `"weight":3,"role"`), "unknown field"},
		"NoTime":        {"it cannot be told whether it counts", entry(`"2026-11-02T09:00:00Z"`, `"0001-01-01T00:00:00Z"`), "no time"},
		"BadTime":       {"nor here", entry("2026-11-02T09", "yesterday"), "parsing time"},
		"NoHash":        {"it belongs to no plan", entry(sixtyFour, ""), "no plan's hash"},
		"BadHash":       {"nor this one", entry("abab", "xxxx"), "no plan's hash"},
		"NoArea":        {"it counts nowhere", entry(`["default/shop"]`, `[]`), "no area"},
		"EmptyArea":     {"nor here", entry(`default/shop`, ``), "no area"},
		"NoHolder":      {"nobody went", entry(`["user:ann"]`, `[]`), "nobody who goes"},
		"BadHolder":     {"ann of what kind?", entry("user:ann", "ann"), "a holder that is none"},
		"NoRole":        {"she had no role", entry(`"approver"`, `""`), "no target, operation or role"},
		"UntilRemoval":  {"a removal gives nothing", entry(`"removal"`, `"until":"2026-11-02T09:00:00Z","removal"`), "gives access"},
		"ExemptGrant":   {"an addition needs no exemption", entry(`"removal":true`, `"exempt":true`), "no removal"},
		"EndlessHolder": {"names are bounded", entry("user:ann", "user:"+strings.Repeat("a", maxLedgerText)), "a holder that is none"},
		"EndlessFile":   {"all texts are", entry(`"role"`, `"file":"`+strings.Repeat("a", maxLedgerText+1)+`","role"`), "a text of more than"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := ReadLedger(strings.NewReader(tc.text))
			if !errors.Is(err, ErrLedger) || !strings.Contains(fmt.Sprint(err), tc.want) || got != nil {
				t.Errorf("%s: want ErrLedger with %q, got %v, %v", tc.reason, tc.want, got, err)
			}
		})
	}
}

// What cannot be read is not what is corrupt: nobody sets a ledger aside because a disk failed.
func TestReadLedgerPassesErrorsOn(t *testing.T) {
	broken := errors.New("the disk is gone")
	if _, err := ReadLedger(iotest.ErrReader(broken)); !errors.Is(err, broken) || errors.Is(err, ErrLedger) {
		t.Errorf("got %v", err)
	}
}

// endless is as many spaces as are asked for.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return copy(p, bytes.Repeat([]byte{' '}, len(p))), nil }

func TestLedgerIsBounded(t *testing.T) {
	if _, err := ReadLedger(endless{}); !errors.Is(err, ErrLedger) {
		t.Errorf("reading without end: %v", err)
	}
	if err := WriteLedger(io.Discard, make([]Entry, maxLedgerEntries+1)); !errors.Is(err, ErrLedger) {
		t.Errorf("writing too many: %v", err)
	}
	if err := WriteLedger(io.Discard, []Entry{{}}); !errors.Is(err, ErrLedger) {
		t.Errorf("writing what cannot be read: %v", err)
	}
}

func FuzzReadLedger(f *testing.F) {
	f.Add(`{"version":1,"entries":[` + goodEntry + `]}`)
	f.Add(`{"version":1,"entries":null}`)
	f.Fuzz(func(t *testing.T, text string) {
		ledger, err := ReadLedger(strings.NewReader(text))
		if err != nil {
			if !errors.Is(err, ErrLedger) {
				t.Fatal("an error of another kind:", err)
			}
			return
		}
		Prune(ledger, nine)
		decide(Input{Now: nine, Snapshot: scene().Snapshot, Ledger: ledger}, []candidate{removing("shop", "ann", 1)})
		var again bytes.Buffer
		if err := WriteLedger(&again, ledger); err != nil {
			t.Fatal("what was read cannot be written:", err)
		}
	})
}
