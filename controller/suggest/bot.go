package suggest

import (
	"strings"
)

// knownBots are accounts of automation that nothing in their name gives away. They are public names of services.
var knownBots = []string{
	"dependabot", "renovate", "dependabot-preview", "greenkeeper", "github-actions", "web-flow", "snyk-bot", "mergify", "copybara-service",
	"weblate", "transifex", "crowdin", "allcontributors", "imgbot", "codecov", "whitesource-bolt", "pre-commit-ci", "semantic-release",
}

// LooksLikeBot says whether a commit's author is automation by its name alone: where people are listed, what they say
// counts instead. GitHub ends the name of an app with "[bot]"; by custom others end in "-bot", "-robot" or " bot".
func LooksLikeBot(address, name string) bool {
	local, _, _ := strings.Cut(strings.ToLower(address), "@")
	if number, login, found := strings.Cut(local, "+"); found && strings.Trim(number, "0123456789") == "" {
		local = login
	}
	for _, called := range []string{local, strings.ToLower(strings.TrimSpace(name))} {
		for _, ending := range []string{"[bot]", "-bot", "_bot", " bot", "-robot", " robot", "-ci", "-automation"} {
			if strings.HasSuffix(called, ending) {
				return true
			}
		}
		for _, bot := range knownBots {
			if called == bot {
				return true
			}
		}
	}
	return false
}
