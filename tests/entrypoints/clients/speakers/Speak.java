// What openapi-generator's Java client makes of events.
import client.JSON;
import client.model.Event;
import com.fasterxml.jackson.databind.ObjectMapper;

class Speak {
    public static void main(String[] args) throws Exception {
        ObjectMapper mapper = JSON.getDefault().getMapper();
        Event[] events = mapper.readValue(System.in, Event[].class);
        System.out.print(mapper.writeValueAsString(events));
    }
}
