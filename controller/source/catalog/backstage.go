package catalog

import (
	"errors"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/remit-dev/remit/controller/ownership"
)

// Annotations by which Backstage's providers for GitHub say who a group or a user is there.
const (
	teamSlug  = "github.com/team-slug"
	userLogin = "github.com/user-login"
)

var (
	// ownedKinds are Backstage's kinds that have an owner, in lower case; unownedKinds those that have none.
	ownedKinds   = []string{"component", "api", "resource", "system", "domain", "template"}
	unownedKinds = []string{"group", "user", "location"}
)

// entityFile is what one file with entities says. Owners are not resolved to holders yet.
type entityFile struct {
	entities []ownership.Entity
	// accounts are the GitHub names, "acme/payments" or "alice", of the groups and users that give one.
	accounts map[ownership.EntityRef]string
	problems []ownership.Problem
	// unknown says why not all of the file is known.
	unknown string
}

// parseEntities reads a file of Backstage entities, one a YAML document.
//
//	a document                                              entity
//	of a kind with an owner                                 its owners
//	spec.owner is left out or empty                         no owners, and a warning
//	an owner that is no group or user, or no reference      its owners are unknown
//	of another kind that has an owner                       likewise, marked as custom, with a warning
//	a group or user                                         none, but whom it means on GitHub
//	a location                                              none
//	no mapping, no kind, no valid name, a key twice         unknown, and with it what the file holds
//	after what is no YAML                                   unknown, likewise
func parseEntities(file string, text []byte) entityFile {
	f := entityFile{accounts: map[ownership.EntityRef]string{}}
	err := documents(file, text, func(r *reader, root *yaml.Node) {
		if err := f.add(r, root); err != nil {
			f.fail(err)
		}
	})
	if err != nil {
		f.fail(err)
	}
	return f
}

// fail notes that a part of the file cannot be read.
func (f *entityFile) fail(err error) {
	var problem ownership.Problem
	if !errors.As(err, &problem) {
		problem = ownership.Problem{Message: err.Error()}
	}
	f.problems = append(f.problems, problem)
	if f.unknown == "" {
		f.unknown = problem.Error()
	}
}

// add reads one document.
func (f *entityFile) add(r *reader, root *yaml.Node) error {
	fields, err := r.mapping(root, "")
	if err != nil {
		return err
	}
	if version, err := r.text(fields["apiVersion"].value, "apiVersion"); err != nil || version == "" {
		return orElse(err, r.problem(root, "apiVersion", "an entity has an apiVersion, and this has none", "add apiVersion: backstage.io/v1alpha1"))
	}
	kind, err := r.text(fields["kind"].value, "kind")
	if err != nil || kind == "" {
		return orElse(err, r.problem(root, "kind", "an entity has a kind, and this has none", "add its kind, such as Component"))
	}
	metadata, err := r.mapping(fields["metadata"].value, "metadata")
	if err != nil {
		return err
	}
	ref, err := entityName(r, root, kind, metadata)
	if err != nil {
		return err
	}
	spec, err := r.mapping(fields["spec"].value, "spec")
	if err != nil {
		return err
	}
	if slices.Contains(unownedKinds, ref.Kind()) {
		return f.addAccount(r, ref, metadata)
	}
	entity := ownership.Entity{Ref: ref, File: r.file, Line: root.Line, Custom: !slices.Contains(ownedKinds, ref.Kind())}
	entity.Location = ownership.Location{File: r.file, Line: root.Line}.String()
	if entity.Custom && spec["owner"].value == nil {
		return nil // what cannot be owned is no concern of ours
	}
	f.describe(r, &entity, spec)
	if err := entityOwners(r, &entity, fields, spec); err != nil {
		var problem ownership.Problem
		_ = errors.As(err, &problem) // all errors of a reader are problems
		entity.Owners, entity.Unknown = nil, problem.Error()
		f.problems = append(f.problems, problem)
	}
	f.warn(r, root, entity)
	f.entities = append(f.entities, entity)
	return nil
}

func orElse(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

func entityName(r *reader, root *yaml.Node, kind string, metadata map[string]field) (ownership.EntityRef, error) {
	name, err := r.text(metadata["name"].value, "metadata.name")
	if err != nil || name == "" {
		return "", orElse(err, r.problem(root, "metadata.name", "an entity has a name, and this has none", "add metadata.name"))
	}
	namespace, err := r.text(metadata["namespace"].value, "metadata.namespace")
	if err != nil {
		return "", err
	}
	if namespace == "" {
		namespace = ownership.DefaultEntityNamespace
	}
	ref, err := ownership.ParseEntityRef(kind+":"+namespace+"/"+name, "", "")
	if err != nil || ref.Name() == "" {
		return "", r.problem(metadata["name"].key, "metadata.name", fmt.Sprintf("%q is no name of an entity", shorten(kind+":"+namespace+"/"+name)),
			`write up to 63 letters, digits, "-", "_" and "."`)
	}
	return ref, nil
}

// addAccount remembers whom a group or user means on GitHub.
func (f *entityFile) addAccount(r *reader, ref ownership.EntityRef, metadata map[string]field) error {
	name := map[string]string{"group": teamSlug, "user": userLogin}[ref.Kind()]
	if name == "" {
		return nil
	}
	annotations, err := r.mapping(metadata["annotations"].value, "metadata.annotations")
	if err != nil {
		return err
	}
	account, err := r.text(annotations[name].value, "metadata.annotations."+name)
	if err == nil && account != "" {
		f.accounts[ref] = account
	}
	return err
}

// describe reads what is good to know and nothing rests on; what is wrong there is a warning.
func (f *entityFile) describe(r *reader, entity *ownership.Entity, spec map[string]field) {
	text := func(name string) string {
		value, err := r.text(spec[name].value, "spec."+name)
		if err != nil {
			var problem ownership.Problem
			_ = errors.As(err, &problem) // all errors of a reader are problems
			problem.Warning = true
			f.problems = append(f.problems, problem)
		}
		return value
	}
	ref := func(name string) ownership.EntityRef {
		value := text(name)
		if value == "" {
			return ""
		}
		ref, err := ownership.ParseEntityRef(value, name, entity.Ref.Namespace())
		if err != nil {
			problem := r.problem(spec[name].value, "spec."+name, err.Error(), "name the "+name)
			problem.Warning = true
			f.problems = append(f.problems, problem)
		}
		return ref
	}
	entity.Type, entity.System, entity.Domain = text("type"), ref("system"), ref("domain")
}

// warn says what is odd about an entity that is used all the same.
func (f *entityFile) warn(r *reader, root *yaml.Node, entity ownership.Entity) {
	var problem ownership.Problem
	switch {
	case entity.Custom:
		problem = r.problem(root, "kind", fmt.Sprintf("%s is of no kind that Backstage has of its own, so that it counts only for an Area that names it", entity.Ref),
			"name it in spec.scope.entities of an Area, or correct its kind")
	case len(entity.Owners) == 0 && entity.Known():
		problem = r.problem(root, "spec.owner", fmt.Sprintf("%s has no owner", entity.Ref), "add spec.owner")
	default:
		return
	}
	problem.Warning = true
	f.problems = append(f.problems, problem)
}

// entityOwners reads spec.owner, and the ownedBy relations of an entity that was written out by a catalog.
func entityOwners(r *reader, entity *ownership.Entity, fields, spec map[string]field) error {
	owner, err := r.text(spec["owner"].value, "spec.owner")
	if err != nil {
		return err
	}
	if owner != "" {
		if err := addOwner(r, entity, owner, "spec.owner", spec["owner"].value); err != nil {
			return err
		}
	}
	relations, err := r.items(fields["relations"].value, "relations")
	if err != nil {
		return err
	}
	for i, item := range relations {
		path := fmt.Sprintf("relations[%d]", i)
		relation, err := r.mapping(item, path)
		if err != nil {
			return err
		}
		if kind, err := r.text(relation["type"].value, path+".type"); err != nil || kind != "ownedBy" {
			if err != nil {
				return err
			}
			continue
		}
		target, err := relationTarget(r, relation, path)
		if err == nil {
			err = addOwner(r, entity, target, path, item)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// relationTarget is the reference of a relation, in the present form (targetRef) or the former one (target).
func relationTarget(r *reader, relation map[string]field, path string) (string, error) {
	if text, err := r.text(relation["targetRef"].value, path+".targetRef"); err != nil || text != "" {
		return text, err
	}
	target, err := r.mapping(relation["target"].value, path+".target")
	if err != nil {
		return "", err
	}
	parts := map[string]string{}
	for _, name := range []string{"kind", "namespace", "name"} {
		if parts[name], err = r.text(target[name].value, path+".target."+name); err != nil {
			return "", err
		}
	}
	ref, err := ownership.ParseEntityRef(parts["name"], parts["kind"], parts["namespace"])
	if err != nil {
		return "", r.problem(relation["type"].value, path, err.Error(), "give targetRef, such as group:default/payments")
	}
	return string(ref), nil
}

// addOwner adds an owner, whose kind is group and whose namespace is that of the entity where the text names none.
func addOwner(r *reader, entity *ownership.Entity, text, path string, node *yaml.Node) error {
	ref, err := ownership.ParseEntityRef(text, "group", entity.Ref.Namespace())
	if err != nil {
		return r.problem(node, path, err.Error(), "name a group or user of the catalog, such as group:default/payments")
	}
	if ref.Kind() != "group" && ref.Kind() != "user" {
		return r.problem(node, path, fmt.Sprintf("%s owns nothing: only groups and users do", ref), "name a group or user")
	}
	if !slices.ContainsFunc(entity.Owners, func(o ownership.EntityOwner) bool { return o.Ref == ref }) {
		entity.Owners = append(entity.Owners, ownership.EntityOwner{Ref: ref, Line: node.Line})
	}
	return nil
}
