package admin

import (
	"net/http"
	"strconv"

	"github.com/virga-cloud/virga/internal/cloud"
	"github.com/virga-cloud/virga/internal/control"
)

// RouterRules are the firewall rules of a project's router, in order.
type RouterRules struct {
	Rules []control.RouterRuleIn `json:"firewall_rules"`
}

func projectOf(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("project"), 10, 64)
	if err != nil || id < 1 {
		return 0, cloud.Errorf(cloud.Invalid, "project.id", "a project is named by its number, not %q", r.PathValue("project"))
	}
	return id, nil
}

func (a *Verbs) routerRules(r *http.Request, _ none) (out RouterRules, err error) {
	id, err := projectOf(r)
	if err == nil {
		out.Rules, err = a.Control.ProjectRules(r.Context(), id)
	}
	return out, err
}

func (a *Verbs) setRouterRules(r *http.Request, in RouterRules) (out RouterRules, err error) {
	id, err := projectOf(r)
	if err == nil {
		err = a.Control.SetProjectRules(r.Context(), id, in.Rules)
	}
	if err == nil {
		out.Rules, err = a.Control.ProjectRules(r.Context(), id)
	}
	return out, err
}
