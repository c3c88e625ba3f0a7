package git

import (
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

var nameSegment = regexp.MustCompile(`^[a-z0-9_.-]+$`)

// remoteID makes "organisation/name" of a remote's address; empty where the address has no such name.
//
//	https://host/acme/shop.git          acme/shop
//	ssh://git@host:22/acme/shop         acme/shop
//	git@host:acme/shop.git              acme/shop     (scp form)
//	https://host/group/sub/shop.git     sub/shop      (the last two parts)
//	https://host/org/project/_git/shop  project/shop
//	file:///srv/shop, ../shop, C:\shop  none: a path on this machine says nothing about an organisation
func remoteID(address string) string {
	var path string
	if strings.Contains(address, "://") {
		parsed, err := url.Parse(address)
		if err != nil || parsed.Host == "" || parsed.Scheme == "file" {
			return ""
		}
		path = parsed.Path
	} else {
		host, rest, found := strings.Cut(address, ":")
		if !found || len(host) < 2 || strings.ContainsAny(host, `/\`) {
			return ""
		}
		path = rest
	}
	parts := slices.DeleteFunc(strings.Split(strings.ToLower(path), "/"), func(part string) bool {
		return part == "" || part == "_git"
	})
	if len(parts) < 2 {
		return ""
	}
	organisation, name := parts[len(parts)-2], strings.TrimSuffix(parts[len(parts)-1], ".git")
	if !nameSegment.MatchString(organisation) || !nameSegment.MatchString(name) {
		return ""
	}
	return organisation + "/" + name
}

// folderName is the name of a repository's folder, without the ".git" of a bare one.
func folderName(root string) string {
	if absolute, err := filepath.Abs(root); err == nil {
		root = absolute
	}
	return strings.ToLower(strings.TrimSuffix(filepath.Base(root), ".git"))
}
