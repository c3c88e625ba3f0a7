package controlplane

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

// installDeadline is for one object to come into force.
const installDeadline = time.Minute

// object is one document of a YAML file.
type object struct {
	*unstructured.Unstructured
	file string
}

// Install does what the function of that name does, as the administrator.
func (c *ControlPlane) Install(ctx context.Context, folders ...fs.FS) error {
	_, err := Install(ctx, c.admin, folders...)
	return err
}

// Install applies every object of the YAML files in the folders and all folders below them, as `kubectl apply --server-side`
// would, in an order in which each finds what it needs, and returns when they are in force:
//
//	CustomResourceDefinition     when objects of the kind can be listed
//	others                       when they are stored
//
// It then takes up to some seconds until an admission policy is first asked, which nothing shows: tests try until it is. It gives
// how many objects there are of each kind.
func Install(ctx context.Context, config *rest.Config, folders ...fs.FS) (map[string]int, error) {
	var objects []object
	for _, folder := range folders {
		read, err := readFolder(folder)
		if err != nil {
			return nil, fmt.Errorf("install: %w", err)
		}
		objects = append(objects, read...)
	}
	slices.SortStableFunc(objects, func(a, b object) int { return turn(a) - turn(b) })
	admin, err := client.New(config, client.Options{})
	if err != nil {
		return nil, err
	}
	kinds := map[string]int{}
	for start := 0; start < len(objects); {
		end := start
		for ; end < len(objects) && turn(objects[end]) == turn(objects[start]); end++ {
			if err := apply(ctx, admin, objects[end]); err != nil {
				return nil, fmt.Errorf("install %s: %w", objects[end].file, err)
			}
			kinds[objects[end].GetKind()]++
		}
		for ; start < end; start++ { // all at once: each takes a moment
			if err := awaitForce(ctx, admin, objects[start]); err != nil {
				return nil, fmt.Errorf("install %s: %w", objects[start].file, err)
			}
		}
	}
	return kinds, nil
}

// turn orders objects by what others need: kinds before their objects, namespaces before what is in them.
func turn(o object) int {
	switch o.GetKind() {
	case "CustomResourceDefinition", "Namespace":
		return 0
	default:
		return 1
	}
}

func apply(ctx context.Context, admin client.Client, o object) error {
	return admin.Apply(ctx, client.ApplyConfigurationFromUnstructured(o.DeepCopy()), client.FieldOwner("remit-install"), client.ForceOwnership)
}

// awaitForce asks until an object is in force.
func awaitForce(ctx context.Context, admin client.Client, o object) error {
	if o.GetKind() != "CustomResourceDefinition" {
		return nil
	}
	ctx, stop := context.WithTimeout(ctx, installDeadline)
	defer stop()
	for {
		err := served(ctx, admin, o)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s is not in force after %s: %w", o.GetName(), installDeadline, err)
		case <-time.After(every):
		}
	}
}

// served says whether each served version of a kind can be listed.
func served(ctx context.Context, admin client.Client, definition object) error {
	group, _, _ := unstructured.NestedString(definition.Object, "spec", "group")        // else nothing is served
	kind, _, _ := unstructured.NestedString(definition.Object, "spec", "names", "kind") // likewise
	versions, _, err := unstructured.NestedSlice(definition.Object, "spec", "versions") // the API server took it
	for _, version := range versions {
		version, _ := version.(map[string]any)
		name, _ := version["name"].(string)
		if version["served"] != true || err != nil {
			continue
		}
		list := &unstructured.UnstructuredList{}
		list.SetGroupVersionKind(schema.GroupVersionKind{Group: group, Version: name, Kind: kind})
		if err := admin.List(ctx, list, client.Limit(1)); err != nil {
			return err
		}
	}
	return err
}

// readFolder reads the objects of all YAML files in a folder, by name of file.
func readFolder(folder fs.FS) ([]object, error) {
	var objects []object
	err := fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".yaml" {
			return err
		}
		text, err := fs.ReadFile(folder, name)
		if err != nil {
			return err
		}
		read, err := readObjects(name, text)
		objects = append(objects, read...)
		return err
	})
	return objects, err
}

func readObjects(file string, text []byte) ([]object, error) {
	var objects []object
	documents := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		read := &unstructured.Unstructured{}
		if err == nil {
			err = yaml.Unmarshal(document, &read.Object)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if len(read.Object) > 0 { // else only comments
			objects = append(objects, object{Unstructured: read, file: file})
		}
	}
}
