/// Files as the reference's version 3.3.2 wrote them.
enum ReferenceFiles {
    static let customers = #"""
        {
          "metadata": [
            {
              "id": "S7A9W7Kj65",
              "creation_utc": "2026-11-29T03:02:09.273234+00:00",
              "version": "0.1.0"
            }
          ],
          "customers": [
            {
              "id": "jane@example.com",
              "version": "0.1.0",
              "creation_utc": "2026-11-29T03:02:09.294225+00:00",
              "name": "Jane Öztürk",
              "extra": {
                "plan": "gold",
                "city": "Köln"
              }
            },
            {
              "id": "VKcruFTpZa",
              "version": "0.1.0",
              "creation_utc": "2026-11-29T03:02:09.318803+00:00",
              "name": "Alexandra",
              "extra": {
                "plan": "free",
                "note": "line\nbreak"
              }
            }
          ],
          "customer_tag_associations": [
            {
              "id": "xTqmaCGNjk",
              "version": "0.1.0",
              "creation_utc": "2026-11-29T03:02:09.294225+00:00",
              "customer_id": "jane@example.com",
              "tag_id": "HKBDlIhgOJ"
            },
            {
              "id": "LrwxfGFmec",
              "version": "0.1.0",
              "creation_utc": "2026-11-29T03:02:09.318803+00:00",
              "customer_id": "VKcruFTpZa",
              "tag_id": "I9jPqGDbgn"
            }
          ]
        }
        """#

    static let tags = #"""
        {
          "metadata": [
            {
              "id": "9DTl22osEw",
              "creation_utc": "2026-11-29T03:02:09.257303+00:00",
              "version": "0.1.0"
            }
          ],
          "tags": [
            {
              "id": "HKBDlIhgOJ",
              "version": "0.1.0",
              "creation_utc": "2026-11-29T03:02:09.286715+00:00",
              "name": "vip"
            },
            {
              "id": "I9jPqGDbgn",
              "version": "0.1.0",
              "creation_utc": "2026-11-29T03:02:09.292791+00:00",
              "name": "beta"
            }
          ]
        }
        """#

    static let sessions = #"""
        {
          "metadata": [
            {
              "id": "JoH7jLj0af",
              "creation_utc": "2026-11-29T03:08:01.112913+00:00",
              "version": "0.9.0"
            }
          ],
          "sessions": [
            {
              "id": "lHhFurtWYN",
              "version": "0.9.0",
              "creation_utc": "2026-11-29T03:08:01.120584+00:00",
              "customer_id": "jane@example.com",
              "agent_id": "workshop",
              "mode": "auto",
              "title": "Brakes",
              "consumption_offsets": {
                "client": 2
              },
              "agent_states": [],
              "metadata": {
                "shop": 7
              },
              "labels": [
                "urgent"
              ]
            }
          ],
          "events": [
            {
              "id": "83gUubc0oY",
              "version": "0.9.0",
              "creation_utc": "2026-11-29T03:08:01.128653+00:00",
              "session_id": "lHhFurtWYN",
              "source": "customer",
              "kind": "message",
              "offset": 0,
              "trace_id": "t0",
              "data": {
                "message": "Grüße",
                "participant": {
                  "id": "jane@example.com",
                  "display_name": "Jane"
                },
                "flagged": false,
                "tags": []
              },
              "metadata": {
                "k": 1
              },
              "deleted": false
            },
            {
              "id": "DO9CKsTZcb",
              "version": "0.9.0",
              "creation_utc": "2026-11-29T03:08:01.132731+00:00",
              "session_id": "lHhFurtWYN",
              "source": "ai_agent",
              "kind": "status",
              "offset": 1,
              "trace_id": "t1",
              "data": {
                "status": "ready",
                "data": {}
              },
              "metadata": null,
              "deleted": false
            },
            {
              "id": "Z28OEHcJqM",
              "version": "0.9.0",
              "creation_utc": "2026-11-29T03:08:01.136473+00:00",
              "session_id": "lHhFurtWYN",
              "source": "customer",
              "kind": "message",
              "offset": 2,
              "trace_id": "t2",
              "data": {
                "message": "to be deleted",
                "participant": {
                  "display_name": "Jane"
                }
              },
              "metadata": null,
              "deleted": true
            }
          ]
        }
        """#
}
