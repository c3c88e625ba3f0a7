//go:build unix

package standalone

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec" //nolint:depguard // the test kills a process in the middle of its work
	"path/filepath"
	"testing"
	"time"
)

// workshopVariable names the folder in which the process to be killed is to work.
const workshopVariable = "STANDALONE_TEST_WORKSHOP"

// TestApplyAndBeKilled is no test by itself: it is the process that TestKilledApply starts and kills.
func TestApplyAndBeKilled(t *testing.T) {
	root := os.Getenv(workshopVariable)
	if root == "" {
		return
	}
	planner, err := NewPlanner(PlanSettings{Settings: Settings{Manifests: filepath.Join(root, "manifests")}})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := planner.Apply(t.Context(), monday, nil, func(*Planned) error {
		fmt.Println("planned")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	fmt.Println("made")
}

// Whenever an apply is killed, each file is whole, and each file that was changed is in the ledger: no removal is lost
// from the count. The next apply makes the rest.
func TestKilledApply(t *testing.T) {
	rounds := 25
	if testing.Short() {
		rounds = 4
	}
	var names []string
	for i := range 12 {
		names = append(names, fmt.Sprintf("r%02d", i))
	}
	root := workshop(t, names...)
	random := rand.New(rand.NewPCG(3, 4))
	inMiddle := 0
	for range rounds {
		for _, name := range names {
			write(t, root, map[string]string{"checkouts/" + name + "/CODEOWNERS": withGone})
		}
		if err := os.RemoveAll(filepath.Join(root, "manifests", ".remit")); err != nil {
			t.Fatal(err)
		}
		killAfter(t, root, time.Duration(random.IntN(60_000))*time.Microsecond)
		noted := map[string]bool{}
		for _, entry := range ledgerOf(t, root) {
			noted[entry.Repository] = true
		}
		changed := 0
		for _, name := range names {
			switch got := rulesOf(t, root, name); got {
			case withGone:
			case asMeant:
				changed++
				if !noted["acme/"+name] {
					t.Errorf("%s was changed, and the ledger does not know", name)
				}
			default:
				t.Errorf("%s is neither old nor new: %q", name, got)
			}
		}
		if 0 < changed && changed < len(names) {
			inMiddle++
		}
		// The areas are many, so that the brakes let each go on.
		applied(t, root, monday.Add(25*time.Hour))
		for _, name := range names {
			if got := rulesOf(t, root, name); got != asMeant {
				t.Errorf("%s was not repaired by the next run: %q", name, got)
			}
			if entries, err := os.ReadDir(filepath.Join(root, "checkouts", name)); err != nil || len(entries) != 3 {
				t.Errorf("%s: something was left behind: %v, %v", name, entries, err)
			}
		}
	}
	t.Logf("%d of %d kills came in the middle", inMiddle, rounds)
	if inMiddle == 0 {
		t.Error("no kill came in the middle, so that nothing was tried")
	}
}

// killAfter applies in another process, and kills it so long after it has planned.
func killAfter(t *testing.T, root string, wait time.Duration) {
	t.Helper()
	command := exec.Command(os.Args[0], "-test.run=^TestApplyAndBeKilled$")
	command.Env = append(os.Environ(), workshopVariable+"="+root)
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "planned\n" {
		t.Fatalf("it says %q, %v", line, err)
	}
	time.Sleep(wait)
	_ = command.Process.Kill() // it may be done already
	_ = command.Wait()         // it was killed
}
