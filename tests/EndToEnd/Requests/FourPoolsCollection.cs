namespace MeeseeksBox.EndToEnd.Requests;

/// <summary>The classes that share one <see cref="FourPools"/>.</summary>
[CollectionDefinition(nameof(FourPools))]
public sealed class FourPoolsCollection : ICollectionFixture<FourPools>;
