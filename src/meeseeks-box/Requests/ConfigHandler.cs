using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary><c>config</c>: merges settings into the configuration and returns the one in force.</summary>
internal sealed class ConfigHandler(ActiveConfiguration config)
{
    public async ValueTask HandleAsync(ConfigRequest request, ResponseWriter answer)
    {
        var problems = await config.MergeAsync(request.Changes);
        if (problems is not [])
            answer.Refuse(string.Join("; ", problems));

        config.Shown().WriteTo(answer.Json);
    }
}
