using System.Text;

namespace Resil.Tests;

/// <summary>Documents for one app, orders.</summary>
internal static class Policies
{
    internal const string Breaker3 = "{maxRequests: 1, timeout: 5s, trip: consecutiveFailures >= 3}";
    internal const string Twice = "{policy: constant, duration: 1s, maxRetries: 2}";

    internal static string Orders(string? timeout = null, string? retry = null, string? breaker = null)
    {
        StringBuilder policies = new();
        StringBuilder target = new();
        void Add(string kind, string field, string? policy)
        {
            if (policy is not null)
            {
                policies.Append(null, $"    {kind}: {{p: {policy}}}\n");
                target.Append(target.Length > 0 ? ", " : "").Append(field).Append(": p");
            }
        }
        Add("timeouts", "timeout", timeout);
        Add("retries", "retry", retry);
        Add("circuitBreakers", "circuitBreaker", breaker);
        string spec = policies.Length > 0 ? $"  policies:\n{policies}  targets:\n    apps:\n      orders: {{{target}}}\n" : "  targets: {}\n";
        return "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: {name: test}\nspec:\n" + spec;
    }
}
