package v1alpha1

// A Secret is used only where it says so itself, so that nobody who may write an OwnershipSource can send a token elsewhere.
const (
	// LabelCredentials is "true" on a Secret that sources may be read with.
	LabelCredentials = Group + "/credentials"
	// AnnotationAllowedHosts names the hosts that such a Secret may be sent to, separated by commas.
	AnnotationAllowedHosts = Group + "/allowed-hosts"
)

// ConfigMapKey is one key of a ConfigMap in the controller's own namespace.
type ConfigMapKey struct {
	// Name is the ConfigMap's name.
	// +required
	Name ConfigMapName `json:"name"`
	// Key is the key of the text; it may be absent where the ConfigMap has only one.
	// +optional
	Key DataKey `json:"key,omitempty"`
}

// SourceCredentials name Secrets in the controller's own namespace. Each must have the label
// remit.dev/credentials: "true" and name the hosts that it may be sent to in the annotation remit.dev/allowed-hosts.
type SourceCredentials struct {
	// Read is what the source is read with.
	// +required
	Read SecretKey `json:"read"`
}

// SecretKey is one key of a Secret in the controller's own namespace.
type SecretKey struct {
	// Name is the Secret's name.
	// +required
	Name ConfigMapName `json:"name"`
	// Key is the key of the token or password. The user name, where one is needed, stands under "username".
	// +kubebuilder:default=token
	// +optional
	Key DataKey `json:"key,omitempty"`
}

// Materialize says where Areas are made of what is discovered.
type Materialize struct {
	// Namespace is where the Areas are made.
	// +required
	Namespace NamespaceName `json:"namespace"`
}

// The keys by which owners are known by default.
const (
	// OwnerKey names who owns a namespace or workload, on an annotation or label of it.
	OwnerKey = Group + "/owner"
	// OwnerKeyA8r is the same key as a8r.io, a convention for describing services by annotations, has it.
	OwnerKeyA8r = "a8r.io/owner"
)

// WorkloadKind is a kind of workload.
// +kubebuilder:validation:Enum=Deployment;StatefulSet;DaemonSet;CronJob
type WorkloadKind string

// KubernetesSource observes the owners of namespaces and workloads. A workload's own owner counts before that of its
// namespace. System namespaces (kube-*) are left out unless they are selected.
// +kubebuilder:validation:XValidation:rule="!has(self.writeLabel) || self.writeLabel in self.keys",message="writeLabel must be one of keys, so that what is written is observed",fieldPath=".writeLabel"
type KubernetesSource struct {
	// Keys are those of annotations and labels that name an owner, the most telling first; of one key, the annotation
	// counts before the label.
	// +kubebuilder:default={"remit.dev/owner","a8r.io/owner"}
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=8
	// +listType=set
	// +optional
	Keys []MetadataKey `json:"keys,omitempty"`
	// Role is the role that an owner has.
	// +kubebuilder:default=accountable
	// +optional
	Role RoleName `json:"role,omitempty"`
	// TeamOrganization is the organisation of the teams that are named without one: "payments" is the team
	// TEAMORGANIZATION/payments.
	// +optional
	TeamOrganization OrganizationName `json:"teamOrganization,omitempty"`
	// Owners say which holder a name stands for, where it is not the team of that name.
	// +kubebuilder:validation:MaxItems=1000
	// +listType=map
	// +listMapKey=name
	// +optional
	Owners []OwnerName `json:"owners,omitempty"`
	// Namespaces selects the namespaces that are observed; absent means all but kube-*.
	// +optional
	Namespaces *LabelSelector `json:"namespaces,omitempty"`
	// Workloads are the kinds of workload that are observed; an empty list means none.
	// +kubebuilder:default={Deployment,StatefulSet,DaemonSet,CronJob}
	// +kubebuilder:validation:MaxItems=4
	// +listType=set
	// +optional
	Workloads []WorkloadKind `json:"workloads"`
	// Discover makes an area of each namespace that no Area claims any part of.
	// +optional
	Discover bool `json:"discover,omitempty"`
	// WriteLabel is the label by which Remit may write the owner of a namespace, as far as modes allow; absent means
	// that it writes none. It must be one of Keys, and one that the cluster's administrator lets Remit write.
	// +optional
	WriteLabel MetadataKey `json:"writeLabel,omitempty"`
}

// OwnerName says which holder a name stands for.
type OwnerName struct {
	// Name is the value of the label or annotation.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	// +required
	Name string `json:"name"`
	// Holder is "user:LOGIN" or "team:ORGANISATION/TEAM".
	// +required
	Holder HolderText `json:"holder"`
}

// Grant says what the Areas and RoleAssignments of some namespaces may claim. What is absent is not granted, but for
// Holders and Roles.
// +kubebuilder:validation:XValidation:rule="has(self.to.namespaces) || has(self.to.selector)",message="name namespaces, or select them by their labels",fieldPath=".to"
// +kubebuilder:validation:XValidation:rule="!has(self.maxMode) || self.maxMode == 'Observe' || has(self.holders)",message="beyond Observe, say which holders may be given roles",fieldPath=".maxMode"
type Grant struct {
	// To are the namespaces whose Areas may claim what follows: those of these names, or with these labels. Where both are given,
	// both must hold.
	// +required
	To GrantTo `json:"to"`
	// Repositories are patterns of repositories, and of paths in them.
	// +kubebuilder:validation:MaxItems=200
	// +listType=map
	// +listMapKey=name
	// +optional
	Repositories []RepositoryGrant `json:"repositories,omitempty"`
	// Namespaces are patterns of the namespaces that may be claimed, with the workloads in them.
	// +kubebuilder:validation:MaxItems=200
	// +listType=set
	// +optional
	Namespaces []NamespacePattern `json:"namespaces,omitempty"`
	// Entities are patterns of a catalog's entities.
	// +kubebuilder:validation:MaxItems=200
	// +listType=set
	// +optional
	Entities []EntityPattern `json:"entities,omitempty"`
	// Holders are patterns of who may be given roles; absent means anybody.
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=200
	// +listType=set
	// +optional
	Holders []HolderPattern `json:"holders,omitempty"`
	// Roles are the roles that may be given; absent means any.
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	// +listType=set
	// +optional
	Roles []RoleName `json:"roles,omitempty"`
	// MaxMode is how far Remit may go for the sake of these Areas; absent means Observe.
	// +kubebuilder:validation:Enum=Observe;Propose;Enforce
	// +optional
	MaxMode string `json:"maxMode,omitempty"`
}

// GrantTo names namespaces: by their names, by their labels, or by both, which must both hold then.
type GrantTo struct {
	// Namespaces are their names. Beside a selector they give nothing to a namespace that it does not select.
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=200
	// +listType=set
	// +optional
	Namespaces []NamespaceName `json:"namespaces,omitempty"`
	// Selector selects namespaces by their labels. Whoever may label a namespace gives it the grant.
	// +kubebuilder:validation:XValidation:rule="(has(self.matchLabels) && self.matchLabels.size() > 0) || (has(self.matchExpressions) && self.matchExpressions.size() > 0)",message="an empty selector would grant it to every namespace; name labels"
	// +optional
	Selector *LabelSelector `json:"selector,omitempty"`
}

// RepositoryGrant grants paths of repositories.
type RepositoryGrant struct {
	// Name is a pattern of repositories, such as "acme/payments-*".
	// +required
	Name RepositoryPattern `json:"name"`
	// Paths are CODEOWNERS patterns, anchored at the repository's root; absent means every path but CODEOWNERS files and
	// .github/, which are granted only where a pattern names them.
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=100
	// +listType=set
	// +optional
	Paths []GrantedPath `json:"paths,omitempty"`
}

// WorkloadKinds are all kinds of workload.
func WorkloadKinds() []WorkloadKind {
	return []WorkloadKind{"Deployment", "StatefulSet", "DaemonSet", "CronJob"}
}
