using MeeseeksBox.Agent.Configuration;
using MeeseeksBox.Foundation.Json;
using MeeseeksBox.Protocol;
using MeeseeksBox.Protocol.Requests;

namespace MeeseeksBox.Agent.Requests;

/// <summary><c>config</c>: merges settings into the configuration and returns the one in force.</summary>
internal sealed class ConfigHandler(ConfigurationChanges changes, ActiveConfiguration active)
{
    public async ValueTask HandleAsync(ConfigRequest request, ResponseWriter answer)
    {
        var outcome = await changes.MergeAsync(request.Changes);
        if (!outcome.IsInForce)
        {
            answer.Refuse(
                string.Join("; ", outcome.Problems),
                outcome == ConfigurationOutcome.Stopping ? ErrorCode.Stopping : ErrorCode.Refused);
        }

        answer.Warn(outcome.Warnings);
        LosslessJson.Write(answer.Json, active.Shown());
    }
}
