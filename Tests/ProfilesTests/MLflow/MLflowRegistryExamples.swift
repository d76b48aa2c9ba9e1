import Profiles

extension MLflowExample {
    /// Registered models and their versions.
    static let registry: [MLflowExample] =
        [
            MLflowExample(
                .post,
                "/api/2.0/mlflow/registered-models/create",
                #"{"name": "new"}"#,
                "create registered-model new"
            ),
            MLflowExample(.get, "/api/2.0/mlflow/registered-models/get?name=Press", nil, "read registered-model press"),
            MLflowExample(.get, "/api/2.0/mlflow/registered-models/search?filter=x", nil, "list service"),
            MLflowExample(
                .post,
                "/api/2.0/mlflow/registered-models/rename",
                #"{"name": "press", "new_name": "other"}"#,
                "administer registered-model press",
                "create registered-model other"
            ),
            MLflowExample(
                .patch,
                "/api/2.0/mlflow/registered-models/update",
                #"{"name": "press"}"#,
                "write registered-model press"
            ),
            MLflowExample(
                .delete,
                "/api/2.0/mlflow/registered-models/delete",
                #"{"name": "press"}"#,
                "delete registered-model press"
            ),
            MLflowExample(
                .get,
                "/api/2.0/mlflow/registered-models/get-latest-versions?name=press",
                nil,
                "read registered-model press"
            ),
            MLflowExample(
                .post,
                "/api/2.0/mlflow/registered-models/get-latest-versions",
                #"{"name": "press"}"#,
                "read registered-model press"
            ),
            MLflowExample(
                .post,
                "/api/2.0/mlflow/registered-models/set-tag",
                #"{"name": "press"}"#,
                "write registered-model press"
            ),
            MLflowExample(
                .delete,
                "/api/2.0/mlflow/registered-models/delete-tag",
                #"{"name": "press"}"#,
                "write registered-model press"
            ),
            MLflowExample(
                .get,
                "/api/2.0/mlflow/registered-models/alias?name=press&alias=champion",
                nil,
                "read registered-model press",
                "read experiment 2 line2"
            ),
            MLflowExample(
                .post,
                "/api/2.0/mlflow/registered-models/alias",
                #"{"name": "press", "alias": "a", "version": "1"}"#,
                "write registered-model press",
                "read experiment 1 press4"
            ),
            MLflowExample(
                .delete,
                "/api/2.0/mlflow/registered-models/alias",
                #"{"name": "press"}"#,
                "write registered-model press"
            ),
            MLflowExample(
                .post,
                "/api/2.0/mlflow/model-versions/create",
                #"{"name": "press", "source": "models:/m-2", "model_id": "m-2", "run_id": "r1"}"#,
                "write registered-model press",
                "read experiment 1 press4",
                "read experiment 2 line2"
            ),
            MLflowExample(
                .post,
                "/api/2.0/mlflow/model-versions/create",
                #"{"name": "press", "source": "mlflow-artifacts:/1/r1/artifacts/model", "run_id": "r1"}"#,
                "write registered-model press",
                "read experiment 1 press4"
            ),
            MLflowExample(
                .post,
                "/api/2.0/mlflow/model-versions/create",
                #"{"name": "fresh", "source": "models:/press/2"}"#,
                "write registered-model fresh",
                "read registered-model press",
                "read experiment 2 line2"
            ),
            MLflowExample(
                .post,
                "/api/2.0/mlflow/model-versions/create",
                #"{"name": "greet", "source": "dummy-source", "tags": []}"#,
                "write registered-model greet"
            ),
            MLflowExample(
                .get,
                "/api/2.0/mlflow/model-versions/get?name=Press&version=1",
                nil,
                "read registered-model press",
                "read experiment 1 press4"
            ),
            MLflowExample(
                .get,
                "/api/2.0/mlflow/model-versions/get?name=greet&version=1",
                nil,
                "read registered-model greet"
            ),
            MLflowExample(
                .get,
                "/api/2.0/mlflow/model-versions/get-download-uri?name=press&version=2",
                nil,
                "read registered-model press",
                "read experiment 2 line2"
            ),
            MLflowExample(.get, "/api/2.0/mlflow/model-versions/search?filter=x", nil, "list service"),
        ]
        + [
            (.patch, "update", "write"), (.post, "transition-stage", "write"), (.delete, "delete", "delete"),
            (.post, "set-tag", "write"), (.delete, "delete-tag", "write"),
        ].map { (method: ProfileRequest.Method, call: String, action: String) in
            MLflowExample(
                method,
                "/api/2.0/mlflow/model-versions/\(call)",
                #"{"name": "press", "version": "2"}"#,
                "\(action) registered-model press",
                // Whoever may change a version may also see what it was made from.
                "read experiment 2 line2"
            )
        }
}
