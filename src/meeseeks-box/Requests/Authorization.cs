using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Agent.State;
using MeeseeksBox.Core.Settings;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary>Checks the role of a client against a request (docs/SPECIFICATION.md#roles).</summary>
internal sealed class Authorization(CoreHost host)
{
    /// <summary>The error for a request that the role does not allow; null for an allowed one.</summary>
    public string? Refusal(Request request, Role role) => Needed(request) is var needed && role >= needed
        ? null
        : $"this needs the role '{Word(needed)}', and yours is '{Word(role)}' (listen.allow on this node)";

    private Role Needed(Request request) => request switch
    {
        ModifyRequest => Role.Admin,
        ConfigRequest config => config.Changes.EnumerateObject().Any() ? Role.Admin : Role.Read,
        SubmitRequest submit => ConcernsConfig(submit) ? Role.Admin : Role.Submit,
        SyncRequest sync => sync.Jobs.Any(job => job.Spec.Pool is NodeSettings.ConfigPool) ? Role.Admin : Role.Submit,
        KillRequest or SuspendRequest => Role.Submit,
        _ => Role.Read,
    };

    // A job in the configuration pool is a configuration. This includes an existing one that runs again with other settings.
    private bool ConcernsConfig(SubmitRequest submit) =>
        submit.Spec.Values.Spec.Pool is NodeSettings.ConfigPool
        || (submit.Spec.Id is { } id && host.Execute((core, _) => core.Find(id)) is { Spec.Pool: NodeSettings.ConfigPool });

    private static string Word(Role role) => role.ToString().ToLowerInvariant();
}
