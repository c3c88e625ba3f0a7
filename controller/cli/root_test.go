package cli

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHelp(t *testing.T) {
	for _, command := range []string{"", "check", "owners", "explain", "plan", "apply", "run", "snapshot", "snapshot save", "snapshot show", "suggest", "version"} {
		t.Run("help_"+command, func(t *testing.T) {
			arguments := strings.Fields(command + " --help")
			got := call(t, "", arguments...)
			if got.code != ExitClean || got.err != "" {
				t.Errorf("exit %d, error stream %q", got.code, got.err)
			}
			golden(t, "help_"+strings.Trim("remit_"+strings.ReplaceAll(command, " ", "_"), "_")+".txt", got.out)
			for line := range strings.SplitSeq(got.out, "\n") {
				if !strings.HasPrefix(strings.TrimSpace(line), "-") && len(line) > 90 {
					t.Errorf("a line of %d columns is hard to read: %s", len(line), line)
				}
			}
		})
	}
}

func TestRootAloneHelps(t *testing.T) {
	alone, asked := call(t, ""), call(t, "", "--help")
	if diff := cmp.Diff(asked, alone, cmp.AllowUnexported(called{})); diff != "" {
		t.Errorf("remit and remit --help differ:\n%s", diff)
	}
}

func TestVersion(t *testing.T) {
	tests := map[string]struct {
		reason    string
		arguments []string
		want      string
	}{
		"flag": {"as most programs have it", []string{"--version"}, "remit v0.1.0 (commit 3e2edef), built with go1.26.0 for linux/amd64\n"},
		"text": {"one line for people", []string{"version"}, "remit v0.1.0 (commit 3e2edef), built with go1.26.0 for linux/amd64\n"},
		"json": {"fields for programs", []string{"version", "-o", "json"}, `{"version":"v0.1.0","commit":"3e2edef","go":"go1.26.0","platform":"linux/amd64"}` + "\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(called{out: test.want}, call(t, "", test.arguments...), cmp.AllowUnexported(called{})); diff != "" {
				t.Errorf("%s:\n%s", test.reason, diff)
			}
		})
	}
}

func TestWrongCalls(t *testing.T) {
	tests := map[string]struct {
		reason    string
		arguments []string
		want      string
	}{
		"command":      {"a command that does not exist", []string{"chek"}, "remit: unknown command \"chek\" for \"remit\"; did you mean `remit check`?\n"},
		"letters":      {"letters in another order", []string{"chekc", "."}, "remit: unknown command \"chekc\" for \"remit\"; did you mean `remit check`?\n"},
		"series":       {"fewer series than none", []string{"run", "--area-series", "-5"}, "remit: --area-series -5: want 0 or more; see `remit run --help`\n"},
		"no time":      {"a pass that could never end in time", []string{"run", "--pass-timeout", "0s"}, "remit: --pass-timeout 0s: want more than 0; see `remit run --help`\n"},
		"flag":         {"a flag that does not exist", []string{"check", "--strict"}, "remit: unknown flag: --strict; see `remit check --help`\n"},
		"choice":       {"a word that is no choice", []string{"check", "-o", "xml"}, "remit: invalid argument \"xml\" for \"-o, --output\" flag: want table, json, sarif, junit or markdown; see `remit check --help`\n"},
		"severity":     {"a severity that is none", []string{"check", "--fail-on", "fatal"}, "remit: invalid argument \"fatal\" for \"--fail-on\" flag: want info, low, medium, high or critical; see `remit check --help`\n"},
		"argument":     {"an argument where none is taken", []string{"version", "now"}, "remit: unknown command \"now\" for \"remit version\"; see `remit version --help`\n"},
		"both":         {"paths from two places", []string{"owners", "--stdin", "a"}, "remit: paths come from arguments or with --stdin, not both; see `remit owners --help`\n"},
		"null":         {"--null without --stdin", []string{"owners", "--null", "a"}, "remit: --null says how --stdin is read, and needs it; see `remit owners --help`\n"},
		"control":      {"what was typed cannot steer the terminal", []string{"\x1b[31mred"}, "remit: unknown command \"\\x1b[31mred\" for \"remit\"; see `remit --help`\n"},
		"empty-listen": {"an address that is none", []string{"run", "--manifests", newManifests(t, organisation("/nowhere")), "--listen", "nowhere"}, "remit: cannot listen at nowhere: listen tcp: address nowhere: missing port in address; give a host and a port of this machine with --listen, such as 127.0.0.1:7364\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			want := called{code: ExitIncomplete, err: test.want}
			if diff := cmp.Diff(want, call(t, "", test.arguments...), cmp.AllowUnexported(called{})); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
}

func TestCompletion(t *testing.T) {
	tests := map[string]struct {
		reason    string
		arguments []string
		want      []string
	}{
		"commands": {"commands complete", []string{"__complete", "o"}, []string{"owners\tSay who owns each path, and why"}},
		"output":   {"the forms of a report complete", []string{"__complete", "check", "--output", ""}, []string{"table", "json", "sarif", "junit", "markdown"}},
		"fail-on":  {"severities complete", []string{"__complete", "check", "--fail-on", ""}, []string{"info", "low", "medium", "high", "critical"}},
		"max-mode": {"modes complete", []string{"__complete", "plan", "--max-mode", ""}, []string{"Observe", "Propose", "Enforce"}},
		"color":    {"shared flags complete everywhere", []string{"__complete", "owners", "--color", ""}, []string{"auto", "always", "never"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := call(t, "", test.arguments...)
			lines := strings.Split(got.out, "\n")
			lines = lines[:min(len(lines), len(test.want))]
			if diff := cmp.Diff(test.want, lines); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.reason, diff)
			}
		})
	}
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if got := call(t, "", "completion", shell); got.code != ExitClean || !strings.Contains(got.out, "remit") {
			t.Errorf("completion %s: exit %d, %d bytes", shell, got.code, len(got.out))
		}
	}
}

func TestColor(t *testing.T) {
	tests := map[string]struct {
		reason string
		choice string
		on     *terminal
		want   bool
	}{
		"pipe":         {"a pipe gets none", colorAuto, nil, false},
		"terminal":     {"a terminal gets them", colorAuto, &terminal{width: 80}, true},
		"no color":     {"NO_COLOR is obeyed", colorAuto, &terminal{environment: map[string]string{"NO_COLOR": "1"}}, false},
		"dumb":         {"a dumb terminal knows none", colorAuto, &terminal{environment: map[string]string{"TERM": "dumb"}}, false},
		"always":       {"who asks gets them in a pipe too", colorAlways, nil, true},
		"always, said": {"the flag says more than NO_COLOR", colorAlways, &terminal{environment: map[string]string{"NO_COLOR": "1"}}, true},
		"never":        {"who does not want them gets none", colorNever, &terminal{width: 80}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			environment := testEnvironment(test.on, nil, nil, nil)
			if got := environment.color(test.choice, nil); got != test.want {
				t.Errorf("%s: got %v", test.reason, got)
			}
		})
	}
}

// A misspelt flag or topic of help is answered as a misspelt command is.
func TestMisspelt(t *testing.T) {
	tests := map[string]struct {
		reason    string
		arguments []string
		want      string
	}{
		"flag":        {"one comes near", []string{"check", "--outptu", "json"}, "remit: unknown flag: --outptu; did you mean `--output`?\n"},
		"other flag":  {"none comes near", []string{"check", "--xyzzy"}, "remit: unknown flag: --xyzzy; see `remit check --help`\n"},
		"hidden flag": {"one that is refused is not offered", []string{"apply", "--snapshto"}, "remit: unknown flag: --snapshto; see `remit apply --help`\n"},
		"help":        {"there is no such topic", []string{"help", "chekc"}, "remit: unknown command \"chekc\" for \"remit\"; did you mean `remit check`?\n"},
		"help below":  {"nor below a command", []string{"help", "snapshot", "shwo"}, "remit: unknown command \"shwo\" for \"remit snapshot\"; did you mean `remit snapshot show`?\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := call(t, "", test.arguments...); got.code != ExitIncomplete || got.err != test.want || got.out != "" {
				t.Errorf("%s: code %d, %q%s", test.reason, got.code, got.err, got.out)
			}
		})
	}
	if got := call(t, "", "help", "check"); got.code != ExitClean || got.out != call(t, "", "check", "--help").out {
		t.Errorf("help check: code %d, %s", got.code, got.out)
	}
}
