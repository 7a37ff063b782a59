package vet

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"riskreplay/src/splunkd"
)

// The apps of others that matter, by their folders.
const (
	appCIM  = "Splunk_SA_CIM"
	appES   = "SplunkEnterpriseSecuritySuite"
	appESCU = "DA-ESS-ContentUpdate"
)

// addOns map data of endpoints to the data model; one of them is enough.
var addOns = []struct {
	apps []string
	data string
	// oldest is the first version that maps what the detections need.
	oldest string
}{
	{[]string{"Splunk_TA_microsoft_sysmon"}, "Sysmon", "2.0.0"},
	{[]string{"Splunk_TA_windows"}, "Windows Security", ""},
	{[]string{"Splunk_TA_CrowdStrike_FDR", "Splunk_TA_crowdstrike"}, "CrowdStrike", ""},
}

func checkSplunk(ctx context.Context, v *visit) error {
	info, err := v.client.Info(ctx)
	var e *splunkd.Error
	switch {
	case errors.As(err, &e) && e.Kind == splunkd.Forbidden && len(e.Messages) > 0: // Splunk says so
		return v.unknown("which Splunk it is", err)
	case err != nil:
		return err
	}
	name := "Splunk " + info.Version
	if info.Cloud {
		name = "Splunk Cloud " + info.Version
	}
	if info.Name != "" {
		name += " on " + info.Name
	}
	if older(info.Version, "9.0.0") {
		v.doubt(name, "the app is written for Splunk 9 and later")
		return nil
	}
	v.ok(name)
	return nil
}

func checkApp(ctx context.Context, v *visit) error {
	app, ok, err := v.app(ctx, v.needs.App)
	if err != nil {
		return v.unknown("whether "+v.needs.App+" is installed", err)
	}
	name := v.needs.App + " " + app.Version
	switch {
	case !ok:
		v.missing = true
		v.wrong(v.needs.App+" is not installed, or the user may not see it", "install the package of the search heads' platform: Apps, Install app from file")
	case app.Disabled:
		v.missing = true
		v.wrong(name+" is switched off", "enable it in Apps, Manage apps")
	case app.Version != v.needs.Version:
		v.doubt(name+"; this riskreplay is of "+v.needs.Version, "install the package of the same version")
	default:
		v.ok(name)
	}
	return nil
}

func checkCIM(ctx context.Context, v *visit) error {
	app, ok, err := v.app(ctx, appCIM)
	switch {
	case err != nil:
		return v.unknown("whether the Common Information Model add-on is installed", err)
	case !ok:
		v.wrong("the Common Information Model add-on ("+appCIM+") is not installed", "install it: the detections search its data model Endpoint")
	case app.Disabled:
		v.wrong("the Common Information Model add-on ("+appCIM+") is switched off", "enable it in Apps, Manage apps")
	default:
		v.ok(appCIM + " " + app.Version)
	}
	return nil
}

func checkAddOns(ctx context.Context, v *visit) error {
	there := 0
	for _, a := range addOns {
		app, ok, err := v.app(ctx, a.apps...)
		switch {
		case err != nil:
			return v.unknown("which add-ons are installed", err)
		case !ok || app.Disabled:
			continue
		case a.oldest != "" && older(app.Version, a.oldest):
			v.doubt(app.ID+" "+app.Version+" is too old for the fields that the detections need", "install "+a.oldest+" or later")
		default:
			v.ok(app.ID + " " + app.Version + ", for " + a.data + " data")
		}
		there++
	}
	if there == 0 {
		v.doubt("no add-on for endpoint data is installed here",
			"install that of your data on the search heads: Splunk_TA_microsoft_sysmon, Splunk_TA_windows or Splunk_TA_CrowdStrike_FDR; without one no event reaches the data model")
	}
	return nil
}

func checkEnterpriseSecurity(ctx context.Context, v *visit) error {
	es, version, err := v.enterpriseSecurity(ctx)
	switch {
	case err != nil:
		return v.unknown("whether Enterprise Security is installed", err)
	case !es:
		v.ok("Enterprise Security is not installed: detections' risk and notable actions do nothing here, the searches \"" + strings.TrimPrefix(twinEnding, " - ") + "\" write risk events")
	case older(version, "7.0.0"):
		v.doubt("Enterprise Security "+version, "the app is written for Enterprise Security 7 and 8")
	default:
		v.ok("Enterprise Security " + version)
	}
	return nil
}

// enterpriseSecurity tells whether Enterprise Security is there, and its version.
func (v *visit) enterpriseSecurity(ctx context.Context) (there bool, version string, err error) {
	app, ok, err := v.app(ctx, appES)
	return ok && !app.Disabled, app.Version, err
}

// app is the first of some apps that is installed.
func (v *visit) app(ctx context.Context, ids ...string) (splunkd.App, bool, error) {
	apps, err := v.apps.get(func() (map[string]splunkd.App, error) {
		list, err := v.client.Apps(ctx)
		out := map[string]splunkd.App{}
		for _, a := range list {
			out[a.ID] = a
		}
		return out, err
	})
	if err != nil {
		return splunkd.App{}, false, err
	}
	for _, id := range ids {
		if a, ok := apps[id]; ok {
			return a, true, nil
		}
	}
	return splunkd.App{}, false, nil
}

// older compares versions number by number; one that is no version is not older.
func older(version, than string) bool {
	have, want := strings.Split(version, "."), strings.Split(than, ".")
	for i, w := range want {
		if i >= len(have) {
			return false
		}
		h, err := strconv.Atoi(have[i])
		n, _ := strconv.Atoi(w) // ours
		if err != nil || h != n {
			return err == nil && h < n
		}
	}
	return false
}
