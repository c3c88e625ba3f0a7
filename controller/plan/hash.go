package plan

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"github.com/remit-dev/remit/controller/ownership"
)

// hashDomain keeps a plan's hash apart from any other SHA-256. It changes with what is hashed.
const hashDomain = "remit.dev/plan/v2"

// Hash is the SHA-256, in hexadecimal, over what a plan does and what it asks of its targets:
//
//	hashed     of each change: target, operation, repository, file, line, namespace, key, pattern, owners, before, after;
//	           for whom: area, areas, role, holders, removal, loses; how far: mode. Each precondition. The order of all.
//	not hashed why: drift, reason, reversible; what is held back, and why. The plan's own hash.
//
// The mode is part of it, since who accepts a proposal has not accepted that it is enforced. Each string goes in behind
// its length, and each list behind its number of items, so that no two plans have one encoding.
func Hash(changes []ownership.Change, preconditions []ownership.Precondition) string {
	sum := sha256.New()
	e := encoder{bufio.NewWriter(sum)}
	e.text(hashDomain)
	e.number(len(changes))
	for i := range changes {
		e.change(&changes[i])
	}
	e.number(len(preconditions))
	for _, p := range preconditions {
		e.text(p.Target)
		e.text(p.Repository)
		e.text(p.File)
		e.text(p.Namespace)
		e.text(p.Digest)
	}
	_ = e.to.Flush() // a hash takes everything
	return hex.EncodeToString(sum.Sum(nil))
}

type encoder struct{ to *bufio.Writer }

func (e encoder) change(c *ownership.Change) {
	e.text(c.Target)
	e.text(string(c.Operation))
	e.text(c.Repository)
	e.text(c.File)
	e.number(c.Line)
	e.text(c.Namespace)
	e.text(c.Key)
	e.text(c.Pattern)
	e.number(len(c.Owners))
	for _, owner := range c.Owners {
		e.text(owner)
	}
	e.text(c.Before)
	e.text(c.After)
	e.text(string(c.Area))
	e.number(len(c.Areas))
	for _, area := range c.Areas {
		e.text(string(area))
	}
	e.text(string(c.Role))
	e.holders(c.Holders)
	e.flag(c.Removal)
	e.holders(c.Loses)
	e.text(string(c.Mode))
}

func (e encoder) holders(holders []ownership.Holder) {
	e.number(len(holders))
	for _, holder := range holders {
		e.text(string(holder))
	}
}

func (e encoder) text(s string) {
	e.number(len(s))
	_, _ = e.to.WriteString(s)
}

func (e encoder) number(n int) {
	_, _ = e.to.Write(binary.AppendVarint(e.to.AvailableBuffer(), int64(n)))
}

func (e encoder) flag(set bool) {
	if set {
		e.number(1)
		return
	}
	e.number(0)
}

// digest is the SHA-256 of bytes, in hexadecimal.
func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
