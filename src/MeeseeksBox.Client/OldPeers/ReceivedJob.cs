using MeeseeksBox.Protocol.Jobs;

namespace MeeseeksBox.Client.OldPeers;

/// <summary>A job of an answer, read and as the box sent it.</summary>
/// <param name="Id">The key that it stands under.</param>
/// <param name="Json">Its bytes: JSON in UTF-8.</param>
/// <param name="Job">The job.</param>
internal sealed record ReceivedJob(string Id, ReadOnlyMemory<byte> Json, Job Job);
