namespace MeeseeksBox.EndToEnd.Boxes;

/// <summary>The classes that share one <see cref="ChangingBox"/>.</summary>
[CollectionDefinition(nameof(ChangingBox))]
public sealed class ChangingBoxCollection : ICollectionFixture<ChangingBox>;
